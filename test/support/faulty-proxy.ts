import { EventEmitter, once } from 'node:events';
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
    if (found) {
      found.left--;
      const { status, headers, cutAfter, hold } = found.misdeed;
      if (hold) {
        request.resume();
        note(held, line);
        return;
      }
      if (cutAfter !== undefined) {
        let bytes = 0;
        request.on('data', (piece: Buffer) => {
          bytes += piece.length;
          if (bytes >= cutAfter) request.socket.destroy();
        });
        request.on('end', () => request.socket.destroy());
        return;
      }
      request.resume();
      response
        .writeHead(status ?? 500, { 'content-type': 'application/json', ...headers })
        .end('{"errors":[{"code":"UNKNOWN","message":"injected"}]}');
      return;
    }
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
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
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
