import type { Blob, PutOptions, Store } from '../oci/store.js';

/** Puts a blob while the work goes on; `after` runs when it is settled. */
export type PutBeside = (blob: Blob, options: PutOptions, after?: () => void) => void;

/** What puts blobs beside its work, and where it stands with them. */
export interface Putting {
  readonly put: PutBeside;
  /** Resolves when all that was put is there. */
  settled(): Promise<void>;
  /** Aborts with the run, and when the work fails. */
  readonly signal: AbortSignal;
}

/** Work that puts blobs as soon as they are made. When it fails, nothing goes on behind the back of who hears of it. */
export async function withPuts<Result>(
  sink: Store,
  outer: AbortSignal,
  work: (putting: Putting) => Promise<Result>,
): Promise<Result> {
  const stop = new AbortController();
  const signal = AbortSignal.any([outer, stop.signal]);
  const puts: Promise<unknown>[] = [];
  const put: PutBeside = (blob, options, after) => {
    const running = sink.put(blob, { ...options, signal }).finally(after);
    running.catch(() => undefined);
    puts.push(running);
  };
  try {
    return await work({ put, signal, settled: async () => void (await Promise.all(puts)) });
  } catch (error) {
    stop.abort();
    await Promise.allSettled(puts);
    throw error;
  }
}
