import { runAction } from './action.js';
import { keepHeapSmall } from './heap.js';

/** The runner sends SIGINT, and SIGTERM after 7.5 seconds: by then we are gone. */
const PATIENCE_MS = 7000;

/** Runs a verb as a step of a job, with the inputs, outputs and signals of the Actions runner. */
export async function startAction(verb: string): Promise<void> {
  keepHeapSmall();
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(130);
      controller.abort();
      setTimeout(() => process.exit(130), PATIENCE_MS).unref();
    });
  }
  process.exitCode = await runAction(verb, {
    env: process.env,
    cwd: process.env.GITHUB_WORKSPACE ?? process.cwd(),
    signal: controller.signal,
    write: (text) => process.stdout.write(text),
  });
}
