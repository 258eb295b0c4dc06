import type { IncomingMessage, ServerResponse } from 'node:http';
import { namedKey, proveSignature } from '../access/authenticate.js';
import type { KeyRing } from '../access/keys.js';
import { readSignature } from '../access/signature.js';
import { AwsFault } from '../service.js';
import type { AnswerShape } from './answer-shape.js';
import { sendFault, wordingOf } from './answer-shape.js';
import { BodyTooLong, readBody } from './body.js';
import type { PerformOptions } from './perform.js';
import { perform } from './perform.js';
import { readCall } from './read-call.js';
import type { ServiceRow } from './services.js';
import { guessProtocol, rowOf } from './services.js';

export interface ApiOptions extends PerformOptions {
  readonly keys: KeyRing;
  readonly rows: readonly ServiceRow[];
}

/** More than the longest of a call that we answer: a layer part of 20 MiB in base64. */
const LONGEST = 64 << 20;
/** Of who has shown no key. */
const LONGEST_UNSIGNED = 64 << 10;
/** The only operation that needs no signature: its token is the proof. */
const UNSIGNED = 'AssumeRoleWithWebIdentity';

/** One call of an AWS API: who signed it, what it asks of which service, and the answer in the service's own shape. */
export async function answerApi(
  request: IncomingMessage,
  response: ServerResponse,
  options: ApiOptions,
): Promise<void> {
  const head = { method: request.method ?? '', target: request.url ?? '/', headers: request.headersDistinct };
  const signature = readSignature(head);
  const scope = typeof signature === 'string' ? undefined : signature.service;
  const target = request.headersDistinct['x-amz-target']?.[0];
  // Who does not sign can mean STS only.
  const guessed = guessProtocol(request.headers, scope);
  const unsignedForm = signature === 'none' && guessed === 'query';
  const row = rowOf(options.rows, { target, scope: unsignedForm ? 'sts' : scope });
  const shape: AnswerShape = { protocol: row?.protocol ?? guessed, row };
  const wording = wordingOf(shape.protocol);
  const service = row?.id ?? scope ?? '';
  try {
    if (unsignedForm) {
      const body = await readBody(request, LONGEST_UNSIGNED);
      const asked = readCall(shape.protocol, request, body);
      if (asked.operation !== UNSIGNED) namedKey(signature, options.keys, wording);
      return await perform(request, response, { ...asked, shape, service, body, caller: undefined }, options);
    }
    const key = namedKey(signature, options.keys, wording);
    const body = await readBody(request, LONGEST);
    if (typeof signature !== 'string') {
      const expected = { wording, service: row?.signingName ?? signature.service, now: options.setting.clock.now() };
      proveSignature({ ...head, body }, signature, key, expected);
    }
    const asked = readCall(shape.protocol, request, body);
    await perform(request, response, { ...asked, shape, service, body, caller: key.caller }, options);
  } catch (error) {
    if (error instanceof AwsFault) return turnDown(response, shape, error);
    if (error instanceof BodyTooLong)
      return turnDown(response, shape, new AwsFault('RequestEntityTooLarge', error.message, 413));
    throw error;
  }
}

/** A refusal of who may not ask, or asks too much: what is left of the body is not read. */
function turnDown(response: ServerResponse, shape: AnswerShape, fault: AwsFault): void {
  if (response.headersSent || response.destroyed) return;
  response.setHeader('connection', 'close');
  sendFault(response, shape, fault);
}
