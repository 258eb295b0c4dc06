import type { Context, Environment } from '../base/context.js';
import type { ExecResult } from '../base/programs/exec.js';
import { howItEnded } from '../base/programs/exec.js';
import type { Diagnostic } from './failure/diagnostic.js';
import { diagnosticsIn } from './failure/diagnostic.js';
import type { TerraformEvent } from './event.js';
import { parseEvent } from './event.js';
import { explainFailure } from './failure/explain.js';
import { isLockFreed } from './failure/lock-info.js';
import type { TerraformProgram } from './program.js';

/** A stack whose values are written and whose credentials are there. */
export interface OpenStack {
  readonly program: TerraformProgram;
  /** As `service`. */
  readonly name: string;
  /** Absolute. */
  readonly folder: string;
  /** The folder as a person would write it. */
  readonly shown: string;
  readonly bucket: string;
  /** The whole environment of the program. */
  readonly env: Environment;
}

export type TerraformContext = Pick<Context, 'exec' | 'report' | 'signal'>;

/** It finishes what it is at, gives back the lock and saves the state. */
const GRACE_MS = 300_000;
/** A plan as JSON may be long, and a part of it is worth nothing. */
const KEEP = 256 << 20;

export interface RunOptions {
  /** As the command is called in errors, when the first word does not do. */
  readonly called?: string;
  readonly onEvent?: ((event: TerraformEvent) => void) | undefined;
  /** Exit codes that are no failure; 0 alone when left out. */
  readonly accept?: readonly number[];
}

/** A lock is given back while it is asked for about never, and about never twice. */
const TRIES = 5;

/** Runs one command to its end and resolves to what it printed; explains the end when it is a bad one. */
export async function runTerraform(
  stack: OpenStack,
  args: readonly string[],
  context: TerraformContext,
  { called = args[0] ?? '', onEvent, accept = [0] }: RunOptions = {},
): Promise<string> {
  for (let tries = 1; ; tries++) {
    const { result, diagnostics } = await runOnce(stack, args, context, onEvent);
    if (accept.includes(result.code)) return result.stdout;
    // Without the lock nothing was done.
    const isFreed = diagnostics.some(({ summary, detail }) => isLockFreed(`${summary}\n${detail}`));
    if (isFreed && tries < TRIES && !context.signal.aborted) continue;
    const { name, shown, bucket } = stack;
    const end = howItEnded(result);
    throw explainFailure({ command: called, stack: name, folder: shown, bucket, end, diagnostics });
  }
}

async function runOnce(
  stack: OpenStack,
  args: readonly string[],
  context: TerraformContext,
  onEvent: RunOptions['onEvent'],
): Promise<{ readonly result: ExecResult; readonly diagnostics: readonly Diagnostic[] }> {
  const diagnostics: Diagnostic[] = [];
  const result = await context.exec(stack.program.path, args, {
    cwd: stack.folder,
    env: stack.env,
    signal: context.signal,
    grace: GRACE_MS,
    keep: KEEP,
    onLine(line, stream) {
      const event = parseEvent(line);
      if (event.type === 'diagnostic') {
        diagnostics.push(event.diagnostic);
        const { severity, summary, detail } = event.diagnostic;
        if (severity === 'warning')
          context.report({ type: 'message', level: 'warning', text: `${summary}: ${detail}` });
      }
      if (stream === 'stdout' || event.type !== 'text') onEvent?.(event);
    },
  });
  const isTold = diagnostics.some(({ severity }) => severity === 'error');
  return { result, diagnostics: isTold ? diagnostics : diagnosticsIn(result.stderr) };
}
