#!/usr/bin/env node
// Answers what needs nothing before anything is loaded: starting fast is a feature.
import module from 'node:module';
import { keepHeapSmall } from './heap.js';
import { version } from './version.js';

async function main(): Promise<void> {
  const argv = process.argv.slice(2);
  if (argv[0] === '--version' || argv[0] === '-v') {
    process.stdout.write(`${version}\n`);
    return;
  }
  keepHeapSmall();
  (module as { enableCompileCache?: () => unknown }).enableCompileCache?.();
  process.stdout.on('error', quietPipe);
  process.stderr.on('error', quietPipe);
  const controller = new AbortController();
  let signals = 0;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      controller.abort();
      if (++signals > 1) process.exit(130);
    });
  }
  const { runCli } = await import('./cli.js');
  const { env, stdout, stderr } = process;
  process.exitCode = await runCli(argv, { env, cwd: process.cwd(), signal: controller.signal, stdout, stderr });
}

/** Who reads us may stop reading, as `head` does. */
function quietPipe(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
  throw error;
}

await main();
