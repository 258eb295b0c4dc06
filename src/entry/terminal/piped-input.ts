import type { Terminal } from './terminal.js';

/** Reads what is piped in; undefined at a terminal, where there is no end to wait for. */
export function openInput({ stdin, signal }: Terminal): (() => Promise<string>) | undefined {
  if (stdin === undefined || stdin.isTTY) return undefined;
  return async () => {
    const pieces: Buffer[] = [];
    const stream = stdin.open();
    const stop = () => (stream as NodeJS.ReadableStream & { destroy(): void }).destroy();
    signal.addEventListener('abort', stop, { once: true });
    try {
      for await (const piece of stream) pieces.push(Buffer.from(piece));
    } finally {
      signal.removeEventListener('abort', stop);
    }
    return Buffer.concat(pieces).toString('utf8');
  };
}
