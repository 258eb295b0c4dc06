import type { AppToPack, BuilderContext, Recognition, RecipeBuilder } from '../builder.js';
import { readManifest } from '../package-json.js';
import type { Recipe } from '../recipe.js';
import { checkOutput, findNextConfig } from './configuration.js';

/** Next.js with `output: 'standalone'`, built by its own build script when it is not built yet. */
export const nextBuilder: RecipeBuilder = {
  name: 'next',
  title: 'Next.js',
  async recognises(app): Promise<Recognition> {
    const [config, manifest] = await Promise.all([findNextConfig(app), readManifest(app)]);
    if (config !== undefined) return { sureness: 'sure', reason: `it has ${config}` };
    if (manifest?.dependencies?.next !== undefined) return { sureness: 'sure', reason: 'its package.json needs next' };
    return { sureness: 'none', reason: 'it has no next.config.* and no package.json that needs next' };
  },
  async plan(request: AppToPack, context: BuilderContext): Promise<Recipe> {
    await checkOutput(request.app);
    const { ensureBuilt } = await import('./build-app.js');
    await ensureBuilt(request, context);
    const { planNext } = await import('./plan.js');
    return planNext(request.app, request);
  },
};
