import { stat } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import type { Context } from '../../../base/context.js';
import { InputError } from '../../../base/errors.js';
import type { Look } from '../look/look.js';
import { MOST, readText } from '../look/read-text.js';
import type { Carried } from './carried.js';
import type { Facts } from './draft.js';
import { carryCopilot, isCopilot } from './copilot.js';
import { carryEcspresso, isEcspresso } from './ecspresso.js';
import { carryComposite, carryWorkflow } from './workflow.js';
import { readTree } from './yaml-tree.js';

/** The configuration of another tool. `asked` is how it was named. */
export async function readFileSource(
  path: string,
  asked: string,
  look: Look,
  context: Pick<Context, 'cwd'>,
): Promise<Carried> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) {
    const hint = 'Name a workflow, as .github/workflows/deploy.yml; or `service` for an ECS service.';
    throw new InputError({ where: '--from', message: `${asked} is no file`, hint });
  }
  if (found.size > MOST) throw new InputError({ where: '--from', message: `${asked} is larger than 1 MiB` });
  const name = relative(context.cwd, path).split(sep).join('/');
  const tree = readTree((await readText(path)) ?? '', name);
  const facts: Facts = { folder: look.folder, top: look.repository.top };
  if (tree.get('jobs')?.is === 'map') return carryWorkflow(tree, name, facts);
  if (tree.get('runs', 'using')?.text === 'composite') return carryComposite(tree, name, facts);
  if (isEcspresso(tree)) return carryEcspresso(tree, { path, name, read: (other) => readText(other) }, facts);
  if (isCopilot(tree)) return carryCopilot(tree, { path, name }, facts);
  throw new InputError({
    where: name,
    message: 'is nothing that lading knows how to carry over',
    hint: 'It reads a workflow or a composite action of GitHub, a configuration of ecspresso, a manifest of Copilot; `service` reads an ECS service.',
  });
}
