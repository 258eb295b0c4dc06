import type { IncomingMessage, OutgoingHttpHeaders, RequestOptions, ServerResponse } from 'node:http';
import { request as send } from 'node:http';
import { InputError } from '../../base/errors.js';
import { AwsFault } from '../service.js';
import type { Moto } from './start-moto.js';

/** Sends a request on as it came, and its answer back. Rejects with an `AwsFault` when moto does not answer. */
export type PassOn = (request: IncomingMessage, response: ServerResponse, body: Buffer) => Promise<void>;

/** Of one connection; the other one has its own. */
const HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'expect', 'te', 'trailer', 'upgrade']);

/** Moto takes the service from the scope of the signature, as we do. Throws an `InputError` for an address that is none. */
export function passOnTo(moto: string | Moto | undefined): PassOn | undefined {
  if (moto === undefined) return undefined;
  const at = typeof moto === 'string' ? { url: moto } : moto.at;
  const base = 'url' in at ? addressOf(at.url) : { socketPath: at.socketPath };
  const place = 'url' in at ? at.url : 'its socket';
  return (request, response, body) =>
    new Promise((resolve, reject) => {
      const refuse = (error: Error) =>
        reject(new AwsFault('ServiceUnavailable', `moto at ${place} does not answer: ${error.message}`, 503));
      const headers = { ...withoutHops(request.headers), 'content-length': body.length };
      const onward = send({ ...base, method: request.method, path: request.url, headers, setHost: false }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, withoutHops(answer.headers));
        answer.pipe(response);
        answer.once('end', resolve);
        answer.once('error', refuse);
      });
      onward.once('error', refuse);
      onward.end(body);
    });
}

function addressOf(text: string): RequestOptions {
  if (!URL.canParse(text) || new URL(text).protocol !== 'http:')
    throw new InputError({
      where: 'moto',
      message: `takes an address as http://127.0.0.1:5000, not ${JSON.stringify(text)}`,
    });
  const { hostname, port } = new URL(text);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port || 80 };
}

function withoutHops(headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP.has(name)));
}
