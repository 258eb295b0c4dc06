import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Fault } from '../faults.js';
import type { PassOn } from '../moto/pass-on.js';
import type { Caller, EmulatedService, JournalEntry, Setting } from '../service.js';
import { AwsFault } from '../service.js';
import type { AnswerShape } from './answer-shape.js';
import { sendFault, sendOutput } from './answer-shape.js';
import { misbehave } from './misbehave.js';
import type { AskedCall } from './read-call.js';

export interface PerformOptions {
  readonly setting: Setting;
  /** By the `name` that is a row's id. */
  readonly services: readonly EmulatedService[];
  /** Where calls of services go that are not played here; undefined when nowhere. */
  readonly passOn: PassOn | undefined;
  readonly journal: JournalEntry[];
  /** What to do instead of an answer, if anything. */
  readonly faultFor: (call: { readonly service: string; readonly operation: string }) => Fault | undefined;
}

/** A call of somebody who may: how its service is spoken to and called, and what it asks. */
export interface ProvenCall extends AskedCall {
  readonly shape: AnswerShape;
  readonly service: string;
  readonly caller: Caller | undefined;
  readonly body: Buffer;
}

/** Does what a call asks, or lets moto do it, and keeps it in the journal. */
export async function perform(
  request: IncomingMessage,
  response: ServerResponse,
  call: ProvenCall,
  options: PerformOptions,
): Promise<void> {
  const { shape, service, operation, input, caller } = call;
  const emulated = options.services.find(({ name }) => name === service);
  if (!emulated && !options.passOn) return sendFault(response, shape, notPlayed(call));
  const at = options.setting.clock.now();
  const { WebIdentityToken: _token, ...shown } = input ?? {};
  const note = (result: Partial<JournalEntry>) =>
    options.journal.push({ at, service, operation, input: shown, ...(!emulated && { passedOn: true }), ...result });
  const fail = (fault: AwsFault) => {
    note({ fault: { type: fault.type, message: fault.message } });
    sendFault(response, shape, fault);
  };
  if (!input) return sendFault(response, shape, new AwsFault('SerializationException', 'The input is no JSON object.'));
  const fault = options.faultFor({ service, operation });
  const unavailable = shape.protocol === 'json' ? 'ServiceUnavailable' : 'InternalFailure';
  const instead = (status: number) =>
    fail(new AwsFault(fault?.type ?? unavailable, fault?.message ?? 'injected', status));
  if (fault && (await misbehave(fault, request, response, instead))) return;
  try {
    if (!emulated) {
      await options.passOn?.(request, response, call.body);
      return void note({});
    }
    if (!Object.hasOwn(emulated.operations, operation)) throw unknownOperation(call);
    const output = await emulated.operations[operation]?.(input, caller);
    note({ output });
    if (fault?.lost) request.socket.destroy();
    else sendOutput(response, shape, operation, output);
  } catch (error) {
    if (!(error instanceof AwsFault)) throw error;
    if (response.headersSent) request.socket.destroy();
    else fail(error);
  }
}

function unknownOperation({ shape: { protocol, row }, service, operation }: ProvenCall): AwsFault {
  return protocol === 'json'
    ? new AwsFault('UnknownOperationException', `${service} has no operation ${operation} here`)
    : new AwsFault('InvalidAction', `Could not find operation ${operation} for version ${row?.apiVersion ?? ''}`);
}

/** In the error that a client of the protocol knows for what does not exist. */
function notPlayed({ shape: { protocol }, service }: ProvenCall): AwsFault {
  const isForm = protocol === 'query' || protocol === 'ec2';
  const type = isForm ? 'InvalidAction' : protocol === 'rest-xml' ? 'NotImplemented' : 'UnknownOperationException';
  const message = `the sandbox does not play ${service}: start it with --with-moto start, which starts moto_server of the PATH, or with --with-moto URL of one that runs`;
  return new AwsFault(type, message, protocol === 'rest-xml' ? 501 : 400);
}
