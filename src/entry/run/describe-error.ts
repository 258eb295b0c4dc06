import type { ErrorKind, InputIssue } from '../../base/errors.js';
import { exitCodes, InputError, LadingError, messageOf } from '../../base/errors.js';

export interface ErrorView {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly issues?: readonly InputIssue[];
  readonly details?: unknown;
  /** Only of bugs. */
  readonly stack?: string | undefined;
}

/** What a failure looks like to people and programs. What is no `LadingError` is a bug of ours. */
export function viewError(error: unknown, signal: AbortSignal): ErrorView {
  if (signal.aborted && !(error instanceof LadingError && error.kind === 'cancelled')) {
    // What fails while the run is being cancelled fails for that.
    const hint = error instanceof LadingError ? error.hint : undefined;
    const then = error instanceof LadingError ? `; the last that was seen: ${error.message}` : '';
    return { kind: 'cancelled', code: 'CANCELLED', message: `cancelled${then}`, hint };
  }
  if (error instanceof InputError)
    return { kind: 'input', code: error.code, message: error.message, hint: error.hint, issues: error.issues };
  if (error instanceof LadingError) {
    return { kind: error.kind, code: error.code, message: error.message, hint: error.hint, details: error.details };
  }
  return {
    kind: 'bug',
    code: 'BUG',
    message: messageOf(error),
    hint: 'This is a bug in lading: please report it with the lines above.',
    stack: error instanceof Error ? error.stack : undefined,
  };
}

/** Says that the result of a run that ended well is lost. Returns the exit code for it. */
export function tellLoss(cause: Error, verb: string | undefined, stderr: { write(text: string): unknown }): number {
  const error = new InputError(
    {
      where: 'stdout',
      message: `the result cannot be written: ${messageOf(cause)}`,
      hint: `${verb ?? 'lading'} itself ended well: free some space, or send the result elsewhere.`,
    },
    'RESULT_NOT_WRITTEN',
  );
  stderr.write(`${formatError(viewError(error, new AbortController().signal))}\n`);
  return error.exitCode;
}

export function exitCodeOf(view: ErrorView): number {
  return exitCodes[view.kind];
}

/** The one form of an error on a terminal and in a log. */
export function formatError(view: ErrorView): string {
  const lines: string[] = [];
  if (view.stack) lines.push(view.stack);
  for (const { where, message, hint } of view.issues ?? []) {
    lines.push(`error: ${where}: ${message}`);
    if (hint) lines.push(`hint: ${hint}`);
  }
  if (!view.issues) {
    lines.push(`error: ${view.message}`);
    if (view.hint) lines.push(`hint: ${view.hint}`);
  }
  return lines.join('\n');
}
