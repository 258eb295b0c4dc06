import type { IncomingMessage, ServerResponse } from 'node:http';
import { namedKey, proveSignature } from '../access/authenticate.js';
import type { KeyRing } from '../access/keys.js';
import { readSignature } from '../access/signature.js';
import type { Fault } from '../faults.js';
import type { Caller, EmulatedService, JournalEntry, World } from '../service.js';
import { AwsFault } from '../service.js';
import type { AnswerShape } from './answer-shape.js';
import { sendFault, sendOutput, wordingOf } from './answer-shape.js';
import { BodyTooLong, readBody } from './body.js';
import { misbehave } from './misbehave.js';
import type { ServiceRow } from './services.js';
import { guessProtocol, rowOf } from './services.js';

export interface ApiOptions {
  readonly world: World;
  readonly keys: KeyRing;
  /** By the `name` that is a row's id. */
  readonly services: readonly EmulatedService[];
  readonly rows: readonly ServiceRow[];
  readonly journal: JournalEntry[];
  /** What to do instead of an answer, if anything. */
  readonly faultFor: (call: { readonly service: string; readonly operation: string }) => Fault | undefined;
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
  const row = rowOf(options.rows, { target, scope });
  const protocol = row?.protocol ?? guessProtocol(request.headers);
  const shape: AnswerShape = { protocol, row };
  const wording = wordingOf(protocol);
  const emulated = options.services.find(({ name }) => name === row?.id);
  try {
    if (signature === 'none' && protocol === 'query' && target === undefined) {
      const form = readForm(request, await readBody(request, LONGEST_UNSIGNED));
      if (form.operation !== UNSIGNED) namedKey(signature, options.keys, wording);
      const sts = options.rows.find(({ id }) => id === 'sts');
      const played = options.services.find(({ name }) => name === 'sts');
      return await perform(request, response, { protocol, row: sts }, { ...form, emulated: played }, options);
    }
    const key = namedKey(signature, options.keys, wording);
    const body = await readBody(request, LONGEST);
    if (typeof signature !== 'string') {
      const service = row?.signingName ?? signature.service;
      proveSignature({ ...head, body }, signature, key, { wording, service, now: options.world.clock.now() });
    }
    const asked = protocol === 'json' ? readJson(target, body) : readForm(request, body);
    await perform(request, response, shape, { ...asked, emulated, caller: key.caller }, options);
  } catch (error) {
    if (error instanceof AwsFault) return turnDown(response, shape, error);
    if (error instanceof BodyTooLong)
      return turnDown(response, shape, new AwsFault('RequestEntityTooLarge', error.message, 413));
    throw error;
  }
}

interface Asked {
  readonly operation: string;
  /** Undefined when the body is none of the protocol. */
  readonly input: Readonly<Record<string, unknown>> | undefined;
}

async function perform(
  request: IncomingMessage,
  response: ServerResponse,
  shape: AnswerShape,
  asked: Asked & { readonly emulated: EmulatedService | undefined; readonly caller?: Caller },
  options: ApiOptions,
): Promise<void> {
  const { operation, input, emulated, caller } = asked;
  if (!emulated) return sendFault(response, shape, notPlayed(shape, request));
  if (!input) return sendFault(response, shape, new AwsFault('SerializationException', 'The input is no JSON object.'));
  const at = options.world.clock.now();
  const { WebIdentityToken: _token, ...shown } = input;
  const note = (result: Partial<JournalEntry>) =>
    options.journal.push({ at, service: emulated.name, operation, input: shown, ...result });
  const fail = (fault: AwsFault) => {
    note({ fault: { type: fault.type, message: fault.message } });
    sendFault(response, shape, fault);
  };
  const fault = options.faultFor({ service: emulated.name, operation });
  const unavailable = shape.protocol === 'json' ? 'ServiceUnavailable' : 'InternalFailure';
  const instead = (status: number) =>
    fail(new AwsFault(fault?.type ?? unavailable, fault?.message ?? 'injected', status));
  if (fault && (await misbehave(fault, request, response, instead))) return;
  if (!Object.hasOwn(emulated.operations, operation)) return fail(unknownOperation(shape, emulated, operation));
  try {
    const output = await emulated.operations[operation]?.(input, caller);
    note({ output });
    if (fault?.lost) request.socket.destroy();
    else sendOutput(response, shape, operation, output);
  } catch (error) {
    if (!(error instanceof AwsFault)) throw error;
    fail(error);
  }
}

function readJson(target: string | undefined, body: Buffer): Asked {
  const operation = target?.slice(target.lastIndexOf('.') + 1) ?? '';
  try {
    const input: unknown = body.length === 0 ? {} : JSON.parse(body.toString('utf8'));
    const isObject = typeof input === 'object' && input !== null && !Array.isArray(input);
    return { operation, input: isObject ? { ...input } : undefined };
  } catch {
    return { operation, input: undefined };
  }
}

/** Of the body, and of the address when it is a GET. */
function readForm(request: IncomingMessage, body: Buffer): Asked {
  const text = request.method === 'GET' ? (request.url?.split('?')[1] ?? '') : body.toString('utf8');
  const fields = [...new URLSearchParams(text)].filter(([name]) => !name.startsWith('X-Amz-'));
  const { Action: operation = '', Version: _version, ...input } = Object.fromEntries(fields);
  return { operation, input };
}

function unknownOperation({ protocol, row }: AnswerShape, { name }: EmulatedService, operation: string): AwsFault {
  return protocol === 'json'
    ? new AwsFault('UnknownOperationException', `${name} has no operation ${operation} here`)
    : new AwsFault('InvalidAction', `Could not find operation ${operation} for version ${row?.apiVersion ?? ''}`);
}

function notPlayed({ protocol, row }: AnswerShape, request: IncomingMessage): AwsFault {
  const type = { query: 'InvalidAction', ec2: 'InvalidAction', 'rest-xml': 'NotImplemented' } as const;
  const name = row?.id ?? request.headersDistinct['x-amz-target']?.[0] ?? 'a service of this kind';
  const code = protocol in type ? type[protocol as keyof typeof type] : 'UnknownOperationException';
  return new AwsFault(code, `the sandbox does not play ${name}`, protocol === 'rest-xml' ? 501 : 400);
}

/** A refusal of who may not ask, or asks too much: what is left of the body is not read. */
function turnDown(response: ServerResponse, shape: AnswerShape, fault: AwsFault): void {
  if (response.headersSent || response.destroyed) return;
  response.setHeader('connection', 'close');
  sendFault(response, shape, fault);
}
