import type { ErrorData } from '../../base/errors.js';
import { errorData, exitCodes, InputError, LadingError, messageOf } from '../../base/errors.js';

export interface ErrorView extends ErrorData {
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
  if (error instanceof LadingError) return errorData(error);
  return {
    kind: 'bug',
    code: 'BUG',
    message: messageOf(error),
    hint: 'This is a bug in lading: please report it with the lines above.',
    stack: error instanceof Error ? error.stack : undefined,
  };
}

/** The same without what is masked, for who shows it past the sinks. */
export function redactView(view: ErrorView, redact: (text: string) => string): ErrorView {
  return JSON.parse(redact(JSON.stringify(view))) as ErrorView;
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

/** The one object that a failed run prints with `--json`: the failure, and what the verb had come to. */
export function errorJson(view: ErrorView, error: unknown): string {
  const { stack: _stack, ...shown } = view;
  const result: unknown = error instanceof LadingError ? error.result : undefined;
  const more = typeof result === 'object' && result !== null && !Array.isArray(result) ? result : { result };
  return JSON.stringify({ error: shown, ...more, ...('error' in more && { error: shown }) }, undefined, 2);
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
