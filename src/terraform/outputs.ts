import * as v from 'valibot';
import { parseJson } from '../base/json.js';
import type { Context } from '../base/context.js';
import type { OpenStack, TerraformContext } from './run.js';
import { runTerraform } from './run.js';

/** What a stack hands on. */
export interface StackOutputs {
  /** By name; the secret ones are not among them. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Names of those that the stack declares as sensitive. */
  readonly sensitive: readonly string[];
}

const shape = v.record(v.string(), v.looseObject({ value: v.unknown(), sensitive: v.optional(v.boolean(), false) }));

/** Empty before the first apply. Sensitive values are masked and not told. */
export async function readOutputs(
  stack: OpenStack,
  context: TerraformContext & Pick<Context, 'report'>,
): Promise<StackOutputs> {
  const text = await runTerraform(stack, ['output', '-json', '-no-color'], context);
  return parseOutputs(text, stack.name, context);
}

export function parseOutputs(text: string, stack: string, { report }: Pick<Context, 'report'>): StackOutputs {
  // Warnings may stand before it. https://github.com/atlassian-labs/data-center-terraform/issues/485
  const outputs = parseJson(shape, text.slice(Math.max(0, text.indexOf('{'))), `outputs of ${stack}`);
  for (const { value } of Object.values(outputs).filter(({ sensitive }) => sensitive)) maskAll(value, report);
  return {
    values: Object.fromEntries(
      Object.entries(outputs).flatMap(([name, { value, sensitive }]) => (sensitive ? [] : [[name, value]])),
    ),
    sensitive: Object.entries(outputs).flatMap(([name, { sensitive }]) => (sensitive ? [name] : [])),
  };
}

function maskAll(value: unknown, report: Context['report']): void {
  if (typeof value === 'string' && value !== '') report({ type: 'mask', value });
  else if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) maskAll(part, report);
}
