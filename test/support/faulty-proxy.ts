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
  /** How often; 1 when left out. */
  readonly times?: number;
}

export interface FaultyProxy {
  readonly host: string;
  /** What got through. */
  readonly passed: string[];
  misbehave(misdeed: Misdeed): void;
  close(): Promise<void>;
}

/** Stands in front of a registry on loopback and misbehaves as it is told. */
export async function startFaultyProxy(target: string): Promise<FaultyProxy> {
  const misdeeds: { readonly misdeed: Misdeed; left: number }[] = [];
  const passed: string[] = [];
  const server = createServer((request, response) => {
    const line = `${request.method} ${request.url}`;
    const found = misdeeds.find(({ misdeed, left }) => left > 0 && line.includes(misdeed.match));
    if (found) {
      found.left--;
      const { status, headers, cutAfter } = found.misdeed;
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
    passed.push(line);
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
      },
    );
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    passed,
    misbehave: (misdeed) => misdeeds.push({ misdeed, left: misdeed.times ?? 1 }),
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
