import type { Context, Environment } from '../base/context.js';
import { howItEnded } from '../base/programs/exec.js';
import type { Diagnostic } from './diagnostic.js';
import { diagnosticsIn } from './diagnostic.js';
import type { TerraformEvent } from './event.js';
import { parseEvent } from './event.js';
import { explainFailure } from './explain.js';
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

/** Runs one command to its end and resolves to what it printed; explains the end when it is a bad one. */
export async function runTerraform(
  stack: OpenStack,
  args: readonly string[],
  context: TerraformContext,
  { called = args[0] ?? '', onEvent, accept = [0] }: RunOptions = {},
): Promise<string> {
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
  if (accept.includes(result.code)) return result.stdout;
  const { name, shown, bucket } = stack;
  const told = diagnostics.some(({ severity }) => severity === 'error') ? diagnostics : diagnosticsIn(result.stderr);
  throw explainFailure({
    command: called,
    stack: name,
    folder: shown,
    bucket,
    end: howItEnded(result),
    diagnostics: told,
  });
}
