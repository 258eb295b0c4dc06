import { cancelled } from '../../base/errors.js';

export interface HeedOptions {
  readonly signal: AbortSignal;
  /** Milliseconds that the work has to end by itself after the signal, when that comes. */
  readonly patience: () => number;
  /** Rejects with a failure that nobody waited for. */
  readonly escaped?: Promise<never> | undefined;
}

/** The work, or `cancelled` when it does not heed the signal in time. It goes on until the process exits. */
export async function heeding<Result>(work: Promise<Result>, what: string, options: HeedOptions): Promise<Result> {
  const { signal, patience, escaped } = options;
  let timer: NodeJS.Timeout | undefined;
  let listen = () => undefined as void;
  const given = new Promise<never>((_resolve, reject) => {
    listen = () => {
      timer = setTimeout(() => reject(cancelled(what)), patience());
    };
  });
  if (signal.aborted) listen();
  else signal.addEventListener('abort', listen, { once: true });
  try {
    return await Promise.race([work, given, ...(escaped ? [escaped] : [])]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', listen);
  }
}
