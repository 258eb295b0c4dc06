import type { Context } from '../../base/context.js';
import type { Inputs } from '../../base/declare/input.js';
import type { Origins } from '../../base/declare/origin.js';
import type { InfraValues, StackName } from '../../ground/infra/request.js';
import { stateInputs } from './infra.js';

const { stack: _stack, ...place } = stateInputs;

/** What says where the states are. */
export const outputInputs: Inputs = place;

/** The outputs that `lading.yml` refers to, by `stack.output`. `values` are those of {@link outputInputs}. */
export async function readReferences(
  references: readonly { readonly stack: string; readonly output: string; readonly where: string }[],
  values: Readonly<Record<string, unknown>>,
  origins: Origins,
  context: Context,
): Promise<ReadonlyMap<string, string>> {
  const { parseInfraRequest } = await import('../../ground/infra/request.js');
  const { readStackOutputs } = await import('../../ground/infra/stack-outputs.js');
  const found = new Map<string, string>();
  for (const stack of new Set(references.map((one) => one.stack as StackName))) {
    const request = parseInfraRequest({ ...(values as unknown as InfraValues), stack }, context, origins);
    const wanted = references.filter((one) => one.stack === stack);
    const outputs = await readStackOutputs(request, wanted, context);
    for (const [output, text] of outputs) found.set(`${stack}.${output}`, text);
  }
  return found;
}
