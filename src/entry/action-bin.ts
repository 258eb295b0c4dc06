import type { Runner } from './runner/runner.js';
import { endAction, runAction } from './action.js';
import { keepHeapSmall } from './process/heap.js';
import { openOutlet } from './process/outlet.js';
import { catchSignals } from './process/signals.js';

/** Runs a verb as a step of a job, with the inputs, outputs and signals of the Actions runner. */
export async function startAction(verb: string, as?: string): Promise<void> {
  await onRunner((runner) => runAction(verb, runner, as));
}

/** Undoes at the end of a job what the step of a verb left. */
export async function startPost(verb: string): Promise<void> {
  await onRunner(async (runner) => {
    await endAction(verb, runner);
    return 0;
  });
}

/** With this process as the step of a job. */
export async function onRunner(work: (runner: Runner) => Promise<number>): Promise<void> {
  const { signal, escaped } = catchSignals();
  keepHeapSmall();
  openOutlet(process.stderr);
  const outlet = openOutlet(process.stdout);
  process.exitCode = await work({
    env: process.env,
    cwd: process.env.GITHUB_WORKSPACE ?? process.cwd(),
    signal,
    escaped,
    write: (text) => process.stdout.write(text),
  });
  if (!signal.aborted) return;
  await outlet.loss();
  process.exit();
}
