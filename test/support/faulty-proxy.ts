import { EventEmitter, once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Misdeed {
  /** Requests whose `METHOD path` contains this. */
  readonly match: string;
  /** Answer with this status instead of the far side's. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Cut the connection after so many bytes of the body. */
  readonly cutAfter?: number;
  /** Never answer. */
  readonly hold?: boolean;
  /** Cut the connection after so many bytes of the answer's body. */
  readonly cutAnswerAfter?: number;
  /** Answer, with `status`, a body that never ends. */
  readonly endless?: boolean;
  /** Change the headers of the far side's answer. */
  readonly answerHeaders?: Readonly<Record<string, string>>;
  /** How often; 1 when left out. */
  readonly times?: number;
}

export interface FaultyProxy {
  readonly host: string;
  /** What got through. */
  readonly passed: string[];
  /** What the far side answered, as `PUT /v2/… 201`. */
  readonly answered: string[];
  /** What is being held. */
  readonly held: string[];
  /** Resolves as soon as `condition` holds after a request or an answer. */
  until(condition: () => boolean): Promise<void>;
  misbehave(misdeed: Misdeed): void;
  close(): Promise<void>;
}

/** Stands in front of a registry on loopback and misbehaves as it is told. */
export async function startFaultyProxy(target: string): Promise<FaultyProxy> {
  const misdeeds: { readonly misdeed: Misdeed; left: number }[] = [];
  const [passed, answered, held]: [string[], string[], string[]] = [[], [], []];
  const steps = new EventEmitter();
  const note = (list: string[], line: string) => {
    list.push(line);
    steps.emit('step');
  };
  const server = createServer((request, response) => {
    const line = `${request.method} ${request.url}`;
    const found = misdeeds.find(({ misdeed, left }) => left > 0 && line.includes(misdeed.match));
    if (found) found.left--;
    const { cutAnswerAfter, answerHeaders, ...rest } = found?.misdeed ?? { match: '' };
    const isPassed = cutAnswerAfter !== undefined || answerHeaders !== undefined;
    if (found && !isPassed) return misbehave(rest, request, response, () => note(held, line));
    note(passed, line);
    const onward = send(
      {
        host: '127.0.0.1',
        port: Number(target.split(':')[1]),
        method: request.method,
        path: request.url,
        headers: request.headers,
      },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, { ...answer.headers, ...answerHeaders });
        if (cutAnswerAfter === undefined) answer.pipe(response);
        else cutAfter(answer, response, cutAnswerAfter);
        note(answered, `${line} ${answer.statusCode}`);
      },
    );
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    passed,
    answered,
    held,
    async until(condition) {
      while (!condition()) await once(steps, 'step');
    },
    misbehave: (misdeed) => misdeeds.push({ misdeed, left: misdeed.times ?? 1 }),
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Answers by itself, or not at all. */
function misbehave(
  { status, headers, cutAfter: limit, hold, endless }: Misdeed,
  request: IncomingMessage,
  response: ServerResponse,
  onHeld: () => void,
): void {
  if (hold) {
    request.resume();
    onHeld();
    return;
  }
  if (limit !== undefined) {
    let bytes = 0;
    request.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (bytes >= limit) request.socket.destroy();
    });
    request.on('end', () => request.socket.destroy());
    return;
  }
  request.resume();
  response.writeHead(status ?? 500, { 'content-type': 'application/json', ...headers });
  if (!endless) {
    response.end('{"errors":[{"code":"UNKNOWN","message":"injected"}]}');
    return;
  }
  const more = () => void (response.destroyed || response.write(Buffer.alloc(1 << 16, ' '), more));
  more();
}

function cutAfter(answer: IncomingMessage, response: ServerResponse, limit: number): void {
  const { socket } = response;
  let left = limit;
  answer.on('data', (piece: Buffer) => {
    if (left < 0) return;
    const part = piece.subarray(0, left);
    left -= part.length;
    // What was written must be on its way first.
    response.write(part, () => void (left > 0 || setImmediate(() => socket?.destroy())));
    if (left === 0) left = -1;
  });
  answer.on('end', () => void (left < 0 || response.end()));
}
