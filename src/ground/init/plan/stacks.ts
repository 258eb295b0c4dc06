import { join } from 'node:path';
import { planScaffold } from '../../infra/scaffold.js';
import type { FileWish } from '../write.js';

/** The stacks of Terraform below `infra/`, as `lading infra init` writes them. What is there is the user's own. */
export async function planStacks(folder: string): Promise<readonly FileWish[]> {
  const stacks = await Promise.all(
    (['registry', 'service'] as const).map((stack) =>
      planScaffold(stack, join(folder, 'infra', stack), 'deployer', folder),
    ),
  );
  // Both have what git leaves out.
  const files = new Map(stacks.flat().map(({ path, text }) => [path, { path, text, yields: true, isTemplate: true }]));
  return [...files.values()];
}
