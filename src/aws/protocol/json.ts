import type { AwsService } from '../services.js';
import type { Wire, WireAnswer, WireError, WireRequest } from './wire.js';
import { urlOf } from './wire.js';

/** https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html */
export function jsonRequest(service: AwsService, endpoint: string, operation: string, input: object): WireRequest {
  return {
    method: 'POST',
    url: urlOf(endpoint, '/'),
    headers: {
      'content-type': `application/x-amz-json-${service.jsonVersion ?? '1.1'}`,
      'x-amz-target': `${service.targetPrefix ?? ''}.${operation}`,
    },
    body: JSON.stringify(input),
  };
}

/** Results and errors in JSON, of the JSON protocols and of REST. */
export const jsonWire: Wire = {
  result: ({ text }) => (text === '' ? undefined : (JSON.parse(text) as unknown)),
  error(answer) {
    const header = answer.headers['x-amzn-errortype'];
    const requestId = answer.headers['x-amzn-requestid'];
    if (answer.text === '') return { type: header, message: undefined, requestId };
    const body = tryJson(answer);
    if (body === undefined) return undefined;
    return { ...readBody(body, header), requestId };
  },
};

function readBody(body: Readonly<Record<string, unknown>>, header: string | undefined): WireError {
  return {
    type: header ?? firstText(body, ['__type', 'code', 'Code', 'error']),
    message: firstText(body, ['message', 'Message', 'error_description', 'errorMessage']),
  };
}

function firstText(body: Readonly<Record<string, unknown>>, names: readonly string[]): string | undefined {
  return names.map((name) => body[name]).find((value): value is string => typeof value === 'string' && value !== '');
}

function tryJson({ text }: WireAnswer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
