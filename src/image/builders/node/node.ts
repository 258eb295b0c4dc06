import type { AppToPack, Recognition, RecipeBuilder } from '../builder.js';
import { readManifest } from '../package-json.js';
import type { Recipe } from '../recipe.js';

/** A service with a `package.json`, packed with the packages that it needs in production. */
export const nodeBuilder: RecipeBuilder = {
  name: 'node',
  title: 'Node',
  async recognises(app): Promise<Recognition> {
    const manifest = await readManifest(app);
    if (manifest === undefined) return { sureness: 'none', reason: 'it has no package.json' };
    if (manifest.scripts?.start !== undefined)
      return { sureness: 'sure', reason: 'its package.json has a start script' };
    if (manifest.main !== undefined) return { sureness: 'sure', reason: 'its package.json has a main' };
    return { sureness: 'maybe', reason: 'it has a package.json' };
  },
  async plan(request: AppToPack): Promise<Recipe> {
    const { planNode } = await import('./plan.js');
    return planNode(request.app, request);
  },
};
