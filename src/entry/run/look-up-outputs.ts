import type { Clock } from '../../base/clock.js';
import type { Environment } from '../../base/environment.js';
import { InputError } from '../../base/errors.js';
import type { Report } from '../../base/tell/report.js';
import type { Filling, Reference } from '../inputs/file/references.js';
import type { Given, GivenMap } from '../inputs/given.js';
import { resolveValues } from '../inputs/values.js';
import { openWorld } from './world.js';

interface Looking {
  readonly given: ReadonlyMap<string, Given>;
  readonly nameOf: (name: string) => string;
  readonly env: Environment;
  readonly cwd: string;
  readonly signal: AbortSignal;
  readonly sink: Report;
  readonly clock?: Clock | undefined;
}

/** Outputs of stacks that `lading.yml` refers to. Where their states are, it says by itself and by variables. */
export async function lookUpOutputs(
  references: readonly Reference[],
  file: GivenMap,
  { given, nameOf, env, cwd, signal, sink, clock }: Looking,
): Promise<Filling> {
  const { outputInputs, readReferences } = await import('../../commands/inputs/stack-outputs.js');
  const who = new Map([...given].filter(([name]) => name === 'region' || name === 'role'));
  const sources = { given: who, nameOf, env, file, cwd, command: 'infra', beforeStacks: true };
  const { values, origins, issues } = await resolveValues(outputInputs, sources);
  if (issues.length > 0) throw new InputError(issues);
  const { role } = values;
  const own = typeof role === 'string' ? { ...env, LADING_ROLE: role } : env;
  const world = openWorld({ env: own, cwd, configFile: undefined, signal, sink, clock });
  try {
    return await readReferences(references, values, origins, world.context);
  } finally {
    world.close();
  }
}
