import * as v from 'valibot';
import { isAwsFailure } from '../../aws/failure.js';
import { openAws } from '../../aws/session.js';
import type { Context } from '../../base/context.js';
import type { InputIssue } from '../../base/errors.js';
import { InputError, LadingError } from '../../base/errors.js';
import { parseJson } from '../../base/json.js';
import { nearest } from '../../base/nearest.js';
import type { InfraRequest } from './request.js';
import { readAccount, stateBucketName } from './state-bucket.js';

/** An output that somebody wants to know, and where that is written. */
export interface WantedOutput {
  readonly output: string;
  readonly where: string;
}

const stateShape = v.looseObject({
  outputs: v.optional(
    v.record(v.string(), v.looseObject({ value: v.unknown(), sensitive: v.optional(v.boolean(), false) })),
  ),
  // Of OpenTofu, when the state is encrypted.
  encrypted_data: v.optional(v.unknown()),
});
type Outputs = NonNullable<v.InferOutput<typeof stateShape>['outputs']>;

/**
 * Outputs of a stack as texts, by their names, read from its state: without Terraform, with the right to read the object
 * alone. All that there are not, at once.
 */
export async function readStackOutputs(
  request: InfraRequest,
  wanted: readonly WantedOutput[],
  context: Context,
): Promise<ReadonlyMap<string, string>> {
  const session = await openAws(context, { region: request.region });
  const region = request.stateRegion ?? session.region;
  const bucket = request.bucket ?? stateBucketName(await readAccount(session), region);
  const place = `s3://${bucket}/${request.key}`;
  const path = request.key.split('/');
  const answer = await session
    .rest('s3', { region })
    .request('GetObject', { bucket, path, asText: true })
    .catch((error: unknown) => {
      if (isAwsFailure(error, 'not-found')) return undefined;
      throw error;
    });
  if (answer === undefined) throw neverApplied(request, wanted, place);
  const { outputs, encrypted_data: encrypted } = parseJson(stateShape, String(answer.value), place);
  if (encrypted !== undefined) {
    throw new LadingError('input', `the state ${place} is encrypted, and lading reads outputs from plain ones`, {
      code: 'STATE_ENCRYPTED',
      hint: 'Hand the outputs on as variables, as from lading infra output.',
    });
  }
  if (outputs === undefined || Object.keys(outputs).length === 0) throw neverApplied(request, wanted, place);
  const issues: InputIssue[] = [];
  const found = wanted.flatMap((one) => {
    const text = textOf(one, outputs, request.stack, issues);
    return text === undefined ? [] : [[one.output, text] as const];
  });
  if (issues.length > 0) throw new InputError(issues);
  return new Map(found);
}

function textOf(
  { output, where }: WantedOutput,
  outputs: Outputs,
  stack: string,
  issues: InputIssue[],
): string | undefined {
  const found = Object.hasOwn(outputs, output) ? outputs[output] : undefined;
  const refuse = (message: string, hint?: string) => void issues.push({ where, message, hint });
  if (!found) {
    const near = nearest(output, Object.keys(outputs));
    const hint = near ? `Did you mean ${near}?` : `It has ${Object.keys(outputs).sort().join(', ')}.`;
    return refuse(`the stack ${stack} has no output ${output}`, hint) ?? undefined;
  }
  if (found.sensitive) return refuse(`the output ${output} of ${stack} is sensitive, and no place for it`) ?? undefined;
  if (['string', 'number', 'boolean'].includes(typeof found.value)) return String(found.value);
  return refuse(`the output ${output} of ${stack} is no text: a list or a map`) ?? undefined;
}

function neverApplied({ stack, name }: InfraRequest, wanted: readonly WantedOutput[], place: string): InputError {
  return new InputError(
    wanted.map(({ output, where }) => ({
      where,
      message: `${output} of the stack ${stack} of ${name} is not known yet: there is nothing in ${place}`,
      hint: `Apply it with lading infra apply ${stack}, or check infra.name and infra.state-bucket.`,
    })),
  );
}
