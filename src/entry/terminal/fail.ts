import { printable, printableJson } from '../../base/tell/printable.js';
import { annotation, harmless } from '../../report/escape/workflow-command.js';
import { errorJson, exitCodeOf, formatError, viewError } from '../run/describe-error.js';
import type { Terminal } from './terminal.js';

/** The one place where a failure is shown. */
export function fail(
  error: unknown,
  terminal: Pick<Terminal, 'env' | 'signal' | 'stdout' | 'stderr'>,
  json: boolean,
  redact: (text: string) => string = (text) => text,
): number {
  const view = viewError(error, terminal.signal);
  if (json) {
    terminal.stdout.write(`${printableJson(redact(errorJson(view, error)))}\n`);
  }
  const text = printable(redact(formatError(view)));
  if (terminal.env.GITHUB_ACTIONS !== 'true') terminal.stderr.write(`${text}\n`);
  else {
    terminal.stderr.write(`${harmless(text)}\n`);
    terminal.stderr.write(`${annotation({ level: 'error', title: 'lading', text: redact(view.message) })}\n`);
  }
  return exitCodeOf(view);
}
