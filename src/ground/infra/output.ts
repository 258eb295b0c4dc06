import type { Context } from '../../base/context.js';
import { InputError, LadingError } from '../../base/errors.js';
import { unlockStack } from '../../terraform/init.js';
import { readOutputs } from '../../terraform/outputs.js';
import { openInfra } from './open.js';
import type { InfraRequest } from './request.js';
import type { InfraResult, OutputResult } from './result.js';
import { infraResult } from './result.js';

/** What the stack hands on, from its state. None is an error: who asks needs them. */
export async function readInfraOutputs(request: InfraRequest, context: Context): Promise<OutputResult> {
  const open = await openInfra(request, { need: 'state' }, context);
  const { values, sensitive } = await readOutputs(open.stack, context);
  if (Object.keys(values).length === 0 && sensitive.length === 0) {
    throw new LadingError(
      'input',
      `the stack ${request.stack} of ${request.name} has no outputs: it was never applied`,
      {
        code: 'NO_OUTPUTS',
        hint: `Apply it with lading infra apply ${request.stack}; its state would be s3://${open.request.bucket}/${request.key}.`,
      },
    );
  }
  return { ...infraResult(open), outputs: values, sensitive };
}

/** One of the outputs, as a text. */
export function pickOutput({ outputs, sensitive, stack }: OutputResult, name: string): string {
  const value = outputs[name];
  if (name in outputs) return typeof value === 'string' ? value : JSON.stringify(value);
  throw new InputError({
    where: '--output',
    message: sensitive.includes(name) ? `${name} is sensitive, and is not told` : `${stack} has no output ${name}`,
    hint: `It has ${Object.keys(outputs).join(', ')}.`,
  });
}

/** Frees a lock whose holder is dead. Terraform refuses when another one holds it by now. */
export async function unlockInfra(request: InfraRequest, id: string, context: Context): Promise<InfraResult> {
  if (!/^[\w-]{1,64}$/.test(id)) {
    throw new InputError({ where: '--lock-id', message: `${JSON.stringify(id)} is no id of a lock` });
  }
  const open = await openInfra(request, { need: 'state' }, context);
  await unlockStack(open.stack, id, context);
  return infraResult(open);
}
