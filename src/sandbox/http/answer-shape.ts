import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Wording } from '../access/authenticate.js';
import type { AwsFault } from '../service.js';
import type { Protocol, ServiceRow } from './services.js';

/** What a client of the service reads: the protocol, and the row when the service is known. */
export interface AnswerShape {
  readonly protocol: Protocol;
  readonly row: ServiceRow | undefined;
}

export function wordingOf(protocol: Protocol): Wording {
  return protocol === 'ec2' ? 'query' : protocol;
}

/** The output of an operation of a JSON or a query service. */
export function sendOutput(response: ServerResponse, shape: AnswerShape, operation: string, output: unknown): void {
  if (shape.protocol === 'json') return sendJson(response, shape, 200, output);
  const requestId = randomUUID();
  const result = `<${operation}Result>${xml(output)}</${operation}Result>`;
  const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
  sendXml(response, 200, requestId, element(`${operation}Response`, shape, result + metadata));
}

/** A fault as the protocol words it. https://smithy.io/2.0/aws/protocols/ */
export function sendFault(response: ServerResponse, shape: AnswerShape, fault: AwsFault): void {
  const { type, message, status } = fault;
  const { protocol } = shape;
  if (protocol === 'json' || protocol === 'rest-json') {
    response.setHeader('x-amzn-errortype', type);
    return sendJson(response, shape, status, { ...(protocol === 'json' && { __type: type }), message });
  }
  const requestId = randomUUID();
  const error = { Code: type, Message: message };
  if (protocol === 'rest-xml')
    return sendXml(response, status, requestId, `<Error>${xml({ ...error, RequestId: requestId })}</Error>`);
  if (protocol === 'ec2') {
    const body = xml({ Errors: { Error: error }, RequestID: requestId });
    return sendXml(response, status, requestId, `<Response>${body}</Response>`);
  }
  const body = xml({ Error: { Type: 'Sender', ...error }, RequestId: requestId });
  sendXml(response, status, requestId, element('ErrorResponse', shape, body));
}

function sendJson(response: ServerResponse, { protocol, row }: AnswerShape, status: number, value: unknown): void {
  const type = protocol === 'json' ? `application/x-amz-json-${row?.jsonVersion ?? '1.1'}` : 'application/json';
  response.writeHead(status, { 'content-type': type, 'x-amzn-requestid': randomUUID() });
  response.end(JSON.stringify(value));
}

function sendXml(response: ServerResponse, status: number, requestId: string, text: string): void {
  response.writeHead(status, { 'content-type': 'text/xml', 'x-amzn-requestid': requestId });
  response.end(`<?xml version="1.0" encoding="UTF-8"?>\n${text}`);
}

function element(name: string, { row }: AnswerShape, content: string): string {
  const namespace = row ? ` xmlns="https://${row.signingName}.amazonaws.com/doc/${row.apiVersion}/"` : '';
  return `<${name}${namespace}>${content}</${name}>`;
}

function xml(value: unknown): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.map((entry) => `<member>${xml(entry)}</member>`).join('');
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .filter(([, entry]) => entry !== undefined)
      .map(([name, entry]) => `<${name}>${xml(entry)}</${name}>`)
      .join('');
  return String(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
