import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline, Transform } from 'node:stream';
import { HttpError } from '../errors.js';

/** A body that can be sent again: `open` makes a fresh stream of exactly `length` bytes. */
export interface StreamBody {
  readonly length: number;
  open(): Readable | Promise<Readable>;
  /** Bytes that were handed to the connection so far. */
  onSent?(bytes: number): void;
}

export type HttpBody = Uint8Array | string | StreamBody;

export function isStream(body: HttpBody | undefined): body is StreamBody {
  return body !== undefined && typeof body !== 'string' && !(body instanceof Uint8Array);
}

/** Informational answers before the real one; more are a flood. */
const MOST_INFORMATION = 100;
const SWITCHED = 'the server speaks another protocol (status 101)';

/**
 * Resolves with the head of the answer. One that comes before the body is out (401, 413) ends the sending; it is no
 * failure, but nothing else goes over that connection.
 */
export async function send(
  request: ClientRequest,
  body: HttpBody | undefined,
  source: Readable | undefined,
): Promise<IncomingMessage> {
  let sending: Sending | undefined;
  try {
    return await new Promise<IncomingMessage>((resolve, reject) => {
      const fail = (error: Error) => {
        request.destroy(error);
        reject(error);
      };
      request.once('response', (message) => {
        if (message.statusCode === 101) return fail(noAnswer(request, SWITCHED));
        if (sending && !sending.isDone()) {
          sending.stop();
          message.once('end', () => request.destroy());
        }
        resolve(message);
      });
      request.on('error', reject);
      refuseOtherProtocols(request, fail);
      if (isStream(body) && source) sending = sendStream(request, body, source, fail);
      else request.end(body);
    });
  } catch (error) {
    sending?.stop();
    throw error;
  }
}

interface Sending {
  isDone(): boolean;
  stop(): void;
}

/** What comes to the full length is held back until the source has ended: a body of another length is never whole. */
function sendStream(request: ClientRequest, body: StreamBody, source: Readable, fail: (error: Error) => void): Sending {
  let size = 0;
  let stopped = false;
  let held: Buffer | undefined;
  const exact = new Transform({
    transform(piece: Buffer, _encoding, done) {
      size += piece.length;
      if (size > body.length) return done(wrongLength(request, body.length, `more than ${body.length}`));
      if (size < body.length) return pass(piece, done);
      held = piece;
      done();
    },
    flush(done) {
      if (size !== body.length) return done(wrongLength(request, body.length, `only ${size}`));
      pass(held, done);
    },
  });
  function pass(piece: Buffer | undefined, done: (error: null, piece?: Buffer) => void): void {
    body.onSent?.(size);
    done(null, piece);
  }
  pipeline(source, exact, (error) => {
    if (error && !stopped) fail(error);
  });
  exact.pipe(request);
  return {
    isDone: () => exact.readableEnded,
    stop() {
      stopped = true;
      exact.unpipe(request);
      source.destroy();
    },
  };
}

function wrongLength(request: ClientRequest, length: number, found: string): Error {
  return new HttpError(
    `${request.method} ${request.host}: the body has ${found} bytes, not the ${length} that it was told`,
    {
      code: 'BODY_LENGTH',
    },
  );
}

/** 1xx says that an answer will come. Only a switch of the protocol means that none will. */
function refuseOtherProtocols(request: ClientRequest, fail: (error: Error) => void): void {
  let count = 0;
  request.on('information', () => {
    if (++count > MOST_INFORMATION) fail(noAnswer(request, 'nothing but informational answers'));
  });
  request.once('upgrade', (_message, socket) => {
    socket.destroy();
    fail(noAnswer(request, SWITCHED));
  });
}

function noAnswer(request: ClientRequest, text: string): Error {
  return new HttpError(`${request.method} ${request.host}: ${text}`, { code: 'NO_ANSWER' });
}
