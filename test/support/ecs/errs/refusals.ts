import { EcsFault } from '../engine/fault.js';
import type { Errs, Faults, Window } from './errs.js';

/** What comes back instead of an answer, or an answer that is not one of ECS's. */
export type Refusal =
  | { readonly kind: 'fault'; readonly fault: EcsFault }
  | { readonly kind: 'reset' }
  | { readonly kind: 'page'; readonly status: number; readonly type: string; readonly body: string };

export interface Call {
  readonly service: string;
  readonly operation: string;
  /** Seconds since the stand-in was opened. */
  readonly at: number;
  /** How many calls of this operation there were before. */
  readonly earlier: number;
}

/** What turns a call away before anything is looked at; undefined when nothing does. */
export function refusalOf(errs: Errs, call: Call, resource: string): Refusal | undefined {
  const { operation } = call;
  const faulty = errs.faults?.find((one) => isIn(one, call) && concerns(one.operations, call) && isTurn(one, call));
  if (faulty) return faultOf(faulty);
  if (errs.unknown?.operations.includes(operation)) return unknown(errs.unknown.as);
  if (errs.expiresAt !== undefined && call.at >= errs.expiresAt)
    return fault('ExpiredTokenException', 'The security token included in the request is expired');
  if (errs.throttled?.some((one) => isIn(one, call) && concerns(one.operations, call)))
    return fault('ThrottlingException', 'Rate exceeded');
  if (isDenied(errs, call)) return fault('AccessDeniedException', denial(call, resource));
  const refused = errs.refused?.find((one) => one.operation === operation);
  return refused && fault(refused.code, refused.message);
}

function fault(code: string, message: string, status = 400): Refusal {
  return { kind: 'fault', fault: new EcsFault(code, message, status) };
}

function isIn(window: Window, call: Call): boolean {
  return call.at >= window.from && call.at < window.from + (window.for ?? Infinity);
}

function concerns(operations: readonly string[] | 'all', call: Call): boolean {
  return operations === 'all' || operations.includes(call.operation);
}

function isTurn(faults: Faults, call: Call): boolean {
  return call.earlier % (faults.every ?? 1) === 0;
}

function isDenied(errs: Errs, { service, operation }: Call): boolean {
  return errs.denied?.some((one) => one === operation || one === `${service}:${operation}`) ?? false;
}

function denial({ service, operation }: Call, resource: string): string {
  const user = 'arn:aws:sts::111122223333:assumed-role/deployer/session';
  const action = `${service}:${operation}`;
  return `User: ${user} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;
}

function faultOf(faults: Faults): Refusal {
  switch (faults.kind) {
    case 'reset':
      return { kind: 'reset' };
    case 'internal error':
      return fault('ServerException', 'Service Unavailable. Please try again later.', 500);
    case 'unavailable':
      return fault('ServiceUnavailable', 'Service is unable to handle request.', 503);
  }
}

/** A partition without the operation says so and no more; moto fails with a page of its web framework. */
function unknown(as: 'aws' | 'moto'): Refusal {
  if (as === 'aws') return fault('UnknownOperationException', '');
  const body =
    '<!doctype html>\n<html lang=en>\n<title>500 Internal Server Error</title>\n<h1>Internal Server Error</h1>\n' +
    '<p>The server encountered an internal error and was unable to complete your request. Either the server is overloaded or there is an error in the application.</p>\n';
  return { kind: 'page', status: 500, type: 'text/html; charset=utf-8', body };
}
