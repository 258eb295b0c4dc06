import { formatBytes } from '../base/bytes.js';
import { formatDuration } from '../base/duration.js';
import type { ReportEvent } from '../base/report.js';
import { rolloutLines } from './rollout-lines.js';

export interface Verbosity {
  readonly quiet: boolean;
  readonly verbose: boolean;
}

/** The line of an event in a log; undefined when it is not shown. */
export function plainLine(event: ReportEvent, { quiet, verbose }: Verbosity): string | undefined {
  switch (event.type) {
    case 'message': {
      if (event.level === 'debug' && !verbose) return undefined;
      if (quiet && event.level !== 'warning' && event.level !== 'error') return undefined;
      const prefix = event.level === 'warning' || event.level === 'error' ? `${event.level}: ` : '';
      return `${prefix}${event.text}${event.hint ? `\nhint: ${event.hint}` : ''}`;
    }
    case 'task':
      if (quiet) return undefined;
      return taskLine(event);
    case 'rollout': {
      const { level, text, hint, logs, source } = rolloutLines(event);
      if (quiet && level === 'info') return undefined;
      const lines = [
        `${level === 'info' ? '  ' : `${level}: `}${printable(text)}`,
        ...(hint ? [`hint: ${printable(hint)}`] : []),
      ];
      return [...lines, ...logs.map((line) => `  ${source} | ${printable(line)}`)].join('\n');
    }
    case 'line':
      return quiet ? undefined : `  ${event.source} | ${printable(event.text)}`;
    case 'progress':
    case 'mask':
    case 'summary':
      return undefined;
  }
}

export function taskLine(event: Extract<ReportEvent, { type: 'task' }>): string | undefined {
  const words = [event.title, event.detail && `(${event.detail})`, event.ms !== undefined && formatDuration(event.ms)];
  const text = words.filter(Boolean).join(' ');
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
  return `${show(event.done)}${total}${event.detail ? `, ${event.detail}` : ''}`;
}

/** Control characters of a program's output must not move our cursor. */
export function printable(text: string): string {
  return text.replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, '').replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '');
}
