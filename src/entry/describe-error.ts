import type { ErrorKind, InputIssue } from '../base/errors.js';
import { exitCodes, InputError, LadingError, messageOf } from '../base/errors.js';

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
  if (error instanceof InputError)
    return { kind: 'input', code: error.code, message: error.message, hint: error.hint, issues: error.issues };
  if (error instanceof LadingError) {
    return { kind: error.kind, code: error.code, message: error.message, hint: error.hint, details: error.details };
  }
  if (signal.aborted && error instanceof Error && error.name === 'AbortError') {
    return { kind: 'cancelled', code: 'CANCELLED', message: 'cancelled' };
  }
  return {
    kind: 'bug',
    code: 'BUG',
    message: messageOf(error),
    hint: 'This is a bug in lading: please report it with the lines above.',
    stack: error instanceof Error ? error.stack : undefined,
  };
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
