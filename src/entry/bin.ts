#!/usr/bin/env node
// Answers what needs nothing before anything is loaded: starting fast is a feature.
import module from 'node:module';
import { isatty } from 'node:tty';
import { keepHeapSmall } from './process/heap.js';
import { openOutlet } from './process/outlet.js';
import { catchSignals } from './process/signals.js';
import { version } from './process/version.js';

async function main(argv: readonly string[]): Promise<number> {
  if (argv[0] === '--version' || argv[0] === '-v') {
    process.stdout.write(`${version}\n`);
    return 0;
  }
  const { signal, escaped } = catchSignals();
  keepHeapSmall();
  (module as { enableCompileCache?: () => unknown }).enableCompileCache?.();
  openOutlet(process.stderr);
  const { runCli } = await import('./cli.js');
  const { env, stdout, stderr } = process;
  const code = await runCli(argv, {
    env,
    cwd: () => process.cwd(),
    signal,
    escaped,
    // Opened by who asks: to look at it would be to open it.
    stdin: { isTTY: isatty(0), open: () => process.stdin },
    stdout,
    stderr,
  });
  if (!signal.aborted) return code;
  // What did not heed the signal ends here.
  await outlet.loss();
  process.exit(code);
}

const outlet = openOutlet(process.stdout);
const argv = process.argv.slice(2);
const code = await main(argv);
const loss = await outlet.loss();
process.exitCode = code;
if (loss && code === 0) {
  const { tellLoss } = await import('./run/describe-error.js');
  process.exitCode = tellLoss(loss, argv[0], process.stderr);
}
