export interface Interrupt {
  /** Aborts at the first SIGINT or SIGTERM; the second ends the process at once. */
  readonly signal: AbortSignal;
  /** Rejects with the first failure that nobody waited for. A cancelled run may leave as many as it likes. */
  readonly escaped: Promise<never>;
}

/** Takes over the signals and the stray failures of the process. The first thing to do: before it, a signal kills. */
export function catchSignals(): Interrupt {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(130);
      controller.abort();
    });
  }
  const escaped = new Promise<never>((_resolve, reject) => {
    process.on('unhandledRejection', (error) => {
      if (controller.signal.aborted) return;
      // A LadingError ends the run with its words; anything else is a bug and shows its stack. To know the class would
      // mean to load it before the signals are caught.
      if (error instanceof Error && 'kind' in error) reject(error);
      else throw error;
    });
  });
  escaped.catch(() => undefined);
  return { signal: controller.signal, escaped };
}
