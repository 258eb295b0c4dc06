import type { IncomingMessage } from 'node:http';
import type { Protocol } from './services.js';

/** What a request asks of a service. */
export interface AskedCall {
  /** For REST, method and path. */
  readonly operation: string;
  /** Undefined when the body is none of the protocol. */
  readonly input: Readonly<Record<string, unknown>> | undefined;
}

export function readCall(protocol: Protocol, request: IncomingMessage, body: Buffer): AskedCall {
  if (protocol === 'json') return readJson(request.headersDistinct['x-amz-target']?.[0] ?? '', body);
  if (protocol === 'query' || protocol === 'ec2') return readForm(request, body);
  return { operation: `${request.method ?? ''} ${request.url?.split('?')[0] ?? ''}`, input: {} };
}

function readJson(target: string, body: Buffer): AskedCall {
  const operation = target.slice(target.lastIndexOf('.') + 1);
  try {
    const input: unknown = body.length === 0 ? {} : JSON.parse(body.toString('utf8'));
    const isObject = typeof input === 'object' && input !== null && !Array.isArray(input);
    return { operation, input: isObject ? { ...input } : undefined };
  } catch {
    return { operation, input: undefined };
  }
}

/** Of the body, and of the address when it is a GET. */
function readForm(request: IncomingMessage, body: Buffer): AskedCall {
  const text = request.method === 'GET' ? (request.url?.split('?')[1] ?? '') : body.toString('utf8');
  const fields = [...new URLSearchParams(text)].filter(([name]) => !name.startsWith('X-Amz-'));
  const { Action: operation = '', Version: _version, ...input } = Object.fromEntries(fields);
  return { operation, input };
}
