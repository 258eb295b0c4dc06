import { randomUUID } from 'node:crypto';
import { oneLine, printable } from '../../base/tell/printable.js';

/** GitHub cuts annotations here. https://github.com/actions/runner */
const ANNOTATION_LIMIT = 4096;

/** The text as it is, with commands stopped around it when the runner would take a line of it for one. */
export function harmless(text: string): string {
  // The runner trims lines first, and finds its old form of commands anywhere in a line.
  if (!/^\s*::|##\[/m.test(text)) return text;
  const token = randomUUID();
  return `::stop-commands::${token}\n${text}\n::${token}::`;
}

/** The data of a command. https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts */
export function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** The value of a property of a command. */
export function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

export interface Annotation {
  readonly level: 'warning' | 'error';
  readonly title: string;
  readonly text: string;
  /** File relative to the workspace, line from 1. */
  readonly at?: { readonly file: string; readonly line?: number | undefined } | undefined;
}

/** The command that makes an annotation, on one line. */
export function annotation({ level, title, text, at }: Annotation): string {
  const place = at ? `file=${escapeProperty(oneLine(at.file))}${at.line ? `,line=${at.line}` : ''},` : '';
  const data = escapeData(printable(text).slice(0, ANNOTATION_LIMIT));
  return `::${level} ${place}title=${escapeProperty(oneLine(title))}::${data}`;
}
