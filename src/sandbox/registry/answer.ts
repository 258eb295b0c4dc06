import type { IncomingMessage, ServerResponse } from 'node:http';

/** An answer with no body. */
export function end(response: ServerResponse, status: number): void {
  response.statusCode = status;
  response.setHeader('content-length', '0');
  response.end();
}

export function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

export function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  json(response, status, { errors: [{ code, message }] });
}

export function unsupported(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  refuse(response, 405, 'UNSUPPORTED', 'The operation is unsupported');
}
