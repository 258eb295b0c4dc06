import { formatBytes } from '../base/bytes.js';
import { formatDuration } from '../base/duration.js';
import { oneLine, printable } from '../base/tell/printable.js';
import type { ReportEvent } from '../base/tell/report.js';
import { rolloutLines } from './rollout-lines.js';

export interface Verbosity {
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** Pages are shown as text. */
  readonly pages?: boolean | undefined;
}

/** What of an event stands in a log; undefined when nothing does, as of a page. No text of others commands what shows it. */
export function plainLine(event: ReportEvent, { quiet, verbose }: Verbosity): string | undefined {
  switch (event.type) {
    case 'message': {
      if (event.level === 'debug' && !verbose) return undefined;
      if (quiet && event.level !== 'warning' && event.level !== 'error') return undefined;
      const prefix = event.level === 'warning' || event.level === 'error' ? `${event.level}: ` : '';
      return printable(`${prefix}${event.text}${event.hint ? `\nhint: ${event.hint}` : ''}`);
    }
    case 'task':
      return quiet ? undefined : taskLine(event);
    case 'rollout': {
      const { level, text, hint, logs, source } = rolloutLines(event);
      if (quiet && level === 'info') return undefined;
      const head = `${level === 'info' ? '  ' : `${level}: `}${text}${hint ? `\nhint: ${hint}` : ''}`;
      return [printable(head), ...logs.map((line) => `  ${oneLine(source)} | ${oneLine(line)}`)].join('\n');
    }
    case 'line':
      return quiet ? undefined : `  ${oneLine(event.source)} | ${oneLine(event.text)}`;
    case 'page':
    case 'progress':
    case 'mask':
      return undefined;
  }
}

export function taskLine(event: Extract<ReportEvent, { type: 'task' }>): string | undefined {
  const words = [event.title, event.detail && `(${event.detail})`, event.ms !== undefined && formatDuration(event.ms)];
  const text = oneLine(words.filter(Boolean).join(' '));
  switch (event.state) {
    case 'start':
      return undefined;
    case 'done':
      return `✓ ${text}`;
    case 'failed':
      return `✗ ${text}`;
    case 'skipped':
      return `- ${text}`;
  }
}

export function progressText(event: Extract<ReportEvent, { type: 'progress' }>): string {
  const show = event.unit === 'bytes' ? formatBytes : String;
  const total = event.total === undefined ? '' : ` of ${show(event.total)}`;
  return oneLine(`${show(event.done)}${total}${event.detail ? `, ${event.detail}` : ''}`);
}
