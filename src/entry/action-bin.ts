import { runAction } from './action.js';
import { keepHeapSmall } from './process/heap.js';
import { catchSignals } from './process/signals.js';
import { openOutlet } from './process/outlet.js';

/** Runs a verb as a step of a job, with the inputs, outputs and signals of the Actions runner. */
export async function startAction(verb: string): Promise<void> {
  const { signal, escaped } = catchSignals();
  keepHeapSmall();
  openOutlet(process.stderr);
  const outlet = openOutlet(process.stdout);
  process.exitCode = await runAction(verb, {
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
