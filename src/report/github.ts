import { randomUUID } from 'node:crypto';
import { oneLine } from '../base/tell/printable.js';
import type { Report, ReportEvent } from '../base/tell/report.js';
import { annotation, escapeData, harmless } from './escape/workflow-command.js';
import type { JobSummary } from './job-summary.js';
import type { Verbosity } from './plain.js';
import { plainLine } from './plain.js';
import { rolloutLines } from './rollout-lines.js';

export interface GithubSinkOptions extends Verbosity {
  readonly write: (text: string) => void;
  /** Undefined when there is none. */
  readonly summary: JobSummary | undefined;
}

/** Annotations for causes, pages into the job summary, and untrusted lines where they cannot be commands. */
export function githubSink(options: GithubSinkOptions): { readonly report: Report; close(): void } {
  let stopped: string | undefined;
  const resume = () => {
    if (stopped !== undefined) options.write(`::${stopped}::\n`);
    stopped = undefined;
  };
  const report: Report = (event) => {
    if (event.type === 'line') {
      if (options.quiet) return;
      if (stopped === undefined) options.write(`::stop-commands::${(stopped = randomUUID())}\n`);
      options.write(`  ${oneLine(event.source)} | ${oneLine(event.text)}\n`);
      return;
    }
    if (event.type === 'rollout' && event.change.kind === 'cause') return reportCause(event);
    resume();
    if (event.type === 'mask') {
      for (const line of event.value.split('\n'))
        if (line.trim() !== '') options.write(`::add-mask::${escapeData(line)}\n`);
      return;
    }
    if (event.type === 'page') options.summary?.append(event.page);
    if (event.type === 'message' && (event.level === 'warning' || event.level === 'error')) {
      const text = `${event.text}${event.hint ? `\nfix: ${event.hint}` : ''}`;
      options.write(`${annotation({ level: event.level, title: 'lading', text, at: event.at })}\n`);
      return;
    }
    const line = plainLine(event, options);
    if (line !== undefined) options.write(`${harmless(line)}\n`);
  };
  function reportCause(event: Extract<ReportEvent, { type: 'rollout' }>): void {
    const { text, hint, logs, source } = rolloutLines(event);
    report({ type: 'message', level: 'error', text, hint });
    for (const line of logs) report({ type: 'line', source, text: line });
  }
  return { report, close: resume };
}
