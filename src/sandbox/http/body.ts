import type { IncomingMessage, ServerResponse } from 'node:http';

/** A body that is longer than what is read of it. */
export class BodyTooLong extends Error {
  readonly limit: number;

  constructor(limit: number) {
    super(`the body is longer than ${limit} bytes`);
    this.limit = limit;
  }
}

/** The body of a request. Rejects with {@link BodyTooLong} as soon as it is known to be longer, and reads no further. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw new BodyTooLong(limit);
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > limit) throw new BodyTooLong(limit);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** Answers without reading what is left of the request: the connection ends with the answer. */
export function turnAway(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
  response.end(JSON.stringify(body));
}
