import { randomUUID } from 'node:crypto';
import type { Report, ReportEvent } from '../base/report.js';
import type { Verbosity } from './plain.js';
import { plainLine, printable } from './plain.js';
import { rolloutLines } from './rollout-lines.js';

export interface GithubSinkOptions extends Verbosity {
  readonly write: (text: string) => void;
  /** Appends to the job summary; undefined when there is none. */
  readonly summarize: ((markdown: string) => void) | undefined;
}

/** GitHub cuts annotations here. https://github.com/actions/runner */
const ANNOTATION_LIMIT = 4096;

/** Groups for tasks, annotations for causes, and untrusted lines where they cannot be commands. */
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
      options.write(`  ${event.source} | ${printable(event.text)}\n`);
      return;
    }
    if (event.type === 'rollout' && event.change.kind === 'cause') return reportCause(event);
    resume();
    if (event.type === 'mask') {
      for (const line of event.value.split('\n'))
        if (line.trim() !== '') options.write(`::add-mask::${escapeData(line)}\n`);
    } else if (event.type === 'summary') {
      options.summarize?.(event.markdown);
    } else if (event.type === 'message' && (event.level === 'warning' || event.level === 'error')) {
      const place = event.at
        ? `file=${escapeProperty(event.at.file)}${event.at.line ? `,line=${event.at.line}` : ''},`
        : '';
      const text = `${event.text}${event.hint ? `\nfix: ${event.hint}` : ''}`.slice(0, ANNOTATION_LIMIT);
      options.write(`::${event.level} ${place}title=lading::${escapeData(text)}\n`);
    } else {
      const line = plainLine(event, options);
      if (line !== undefined) options.write(`${harmless(line)}\n`);
    }
  };
  function reportCause(event: Extract<ReportEvent, { type: 'rollout' }>): void {
    const { text, hint, logs, source } = rolloutLines(event);
    report({ type: 'message', level: 'error', text, hint });
    for (const line of logs) report({ type: 'line', source, text: line });
  }
  return { report, close: resume };
}

/** The text as it is, with commands stopped around it when the runner would take a line of it for one. */
export function harmless(text: string): string {
  // The runner trims lines first, and finds its old form of commands anywhere in a line.
  if (!/^\s*::|##\[/m.test(text)) return text;
  const token = randomUUID();
  return `::stop-commands::${token}\n${text}\n::${token}::`;
}

export function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
