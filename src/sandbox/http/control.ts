import type { IncomingMessage, ServerResponse } from 'node:http';
import { isSame } from '../access/keys.js';
import { LadingError, messageOf } from '../../base/errors.js';
import { BodyTooLong, readBody, turnAway } from './body.js';

/** What a control takes and answers, by its name. */
export type Controls = Readonly<Record<string, (body: unknown) => unknown>>;

const LONGEST = 1 << 20;

/** `/_sandbox/NAME`: for who has the key, as JSON only, which no form of a web page can send. */
export async function answerControl(
  request: IncomingMessage,
  response: ServerResponse,
  name: string,
  options: { readonly controls: Controls; readonly controlKey: string },
): Promise<void> {
  const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
  if (!isSame(bearer, options.controlKey)) {
    response.setHeader('www-authenticate', 'Bearer realm="lading sandbox"');
    return turnAway(response, 401, {
      message: 'send "authorization: Bearer KEY" with the LADING_SANDBOX_KEY that was printed',
    });
  }
  const control = Object.hasOwn(options.controls, name) ? options.controls[name] : undefined;
  if (!control) return turnAway(response, 404, { controls: Object.keys(options.controls) });
  if (request.method !== 'GET' && request.method !== 'POST')
    return turnAway(response, 405, { message: 'a control is read with GET or told with POST' });
  const isJson = /^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '');
  if (request.method === 'POST' && !isJson)
    return turnAway(response, 415, { message: 'send "content-type: application/json"' });
  try {
    const text = (await readBody(request, LONGEST)).toString('utf8');
    const result = (await control(text === '' ? undefined : JSON.parse(text))) ?? {};
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(result));
  } catch (error) {
    if (error instanceof BodyTooLong) return turnAway(response, 413, { message: error.message });
    if (error instanceof SyntaxError || error instanceof LadingError)
      return turnAway(response, 400, { message: messageOf(error) });
    throw error;
  }
}
