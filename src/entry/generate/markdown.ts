import { markdownCode, markdownFence, markdownTable } from '../../report/escape/markdown.js';

export function section(title: string, ...body: readonly string[]): string[] {
  return [`## ${title}`, ...body];
}

export function fence(language: string, blocks: readonly string[]): string {
  return markdownFence(blocks.join('\n\n'), language);
}

/** Cells are Markdown that we wrote. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return markdownTable(
    head,
    rows.map((row) => row.map((cell) => cell.replace(/(?<!\\)\|/g, '\\|'))),
  );
}

export function code(text: string): string {
  return markdownCode(text, 'cell');
}
