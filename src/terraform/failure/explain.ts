import type { InputIssue } from '../../base/errors.js';
import { InputError, LadingError, ToolError } from '../../base/errors.js';
import { oneLine } from '../../base/tell/printable.js';
import type { Diagnostic } from './diagnostic.js';
import type { FailedRun } from './failed-run.js';
import { refusals } from './refusals.js';

const WORDS = 600;

/** What a run of Terraform that failed means, and what to do about it. */
export function explainFailure(run: FailedRun): LadingError {
  const errors = run.diagnostics.filter(({ severity }) => severity === 'error');
  for (const refusal of refusals) {
    for (const error of errors) {
      const text = `${error.summary}\n${error.detail}`;
      const match = refusal.pattern.exec(text);
      const told = match && refusal.tell(run, { match, text });
      if (!told) continue;
      const what = `terraform ${run.command} of ${run.stack}`;
      return new LadingError(refusal.kind, `${what}: ${told.words ?? wordsOf(error, run)}`, {
        code: refusal.code,
        hint: told.hint,
        details: { ...told.details, ...detailsOf(run) },
      });
    }
  }
  const placed = errors.filter(({ at }) => at !== undefined);
  if (placed.length > 0 && placed.length === errors.length) {
    return new InputError(
      placed.map((error) => issueOf(error, run)),
      'STACK_INVALID',
    );
  }
  const first = errors[0];
  const words = first ? wordsOf(first, run) : run.end;
  return new ToolError('tool', `terraform ${run.command} of ${run.stack}: ${words}`, {
    code: 'TERRAFORM_FAILED',
    hint: `Look at what it printed, or run it by hand in ${run.folder}.`,
    details: detailsOf(run),
  });
}

function issueOf(error: Diagnostic, { folder }: FailedRun): InputIssue {
  const { file = '', line = 0 } = error.at ?? {};
  return { where: `${folder}/${file}:${line}`, message: short(`${error.summary}: ${error.detail}`) };
}

function wordsOf({ summary, detail, address, at }: Diagnostic, { folder }: FailedRun): string {
  const place = at ? ` (${folder}/${at.file}:${at.line})` : '';
  // The detail of text for people begins with the place, and that of AWS repeats the summary.
  const more = detail.startsWith(summary) ? detail.slice(summary.length) : detail;
  return (
    short(`${address === undefined ? '' : `${address}: `}${summary}${more.trim() ? `: ${more.trim()}` : ''}`) + place
  );
}

function short(text: string): string {
  const line = oneLine(text).replace(/\s+/g, ' ').trim();
  return line.length > WORDS ? `${line.slice(0, WORDS)}…` : line;
}

function detailsOf({ stack, diagnostics }: FailedRun) {
  return { stack, diagnostics: diagnostics.map((one) => ({ ...one, detail: short(one.detail) })) };
}
