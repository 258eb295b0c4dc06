import pc from 'picocolors';
import { formatDuration } from '../../base/duration.js';
import type { Block, Note, Page, Text, Timeline } from '../../base/tell/page.js';
import { partsOf } from '../../base/tell/page.js';
import { oneLine, printable } from '../../base/tell/printable.js';
import type { Cells } from './columns.js';
import { layColumns } from './columns.js';
import { pad, textWidth, wrapText } from './width.js';

export interface TerminalOptions {
  /** Characters in a line. */
  readonly width: number;
  readonly colors: boolean;
}

type Colors = ReturnType<typeof pc.createColors>;

/** A page as text for a terminal of this width; nothing of it commands the terminal. */
export function renderText(page: Page, { width, colors: asked }: TerminalOptions): string {
  const colors = pc.createColors(asked);
  const wide = Math.max(20, width);
  const blocks = page.blocks.map((block) => withTitle(block, bodyOf(block, wide, colors), colors));
  const title = oneLine(page.title);
  return [...(title === '' ? [] : [colors.bold(title)]), ...blocks.filter((text) => text !== '')].join('\n\n');
}

function withTitle(block: Block, body: string, colors: Colors): string {
  const title = block.type === 'note' ? undefined : block.title;
  return title === undefined || title === '' ? body : `${colors.bold(oneLine(title))}\n${body}`;
}

function bodyOf(block: Block, width: number, colors: Colors): string {
  switch (block.type) {
    case 'facts': {
      const rows = block.rows.flatMap(({ name, value }) =>
        value === undefined ? [] : [[oneLine(name), words(value)]],
      );
      return layColumns(rows, { width })
        .map((line) => line.text)
        .join('\n');
    }
    case 'table': {
      const head: Cells = block.columns.map(({ name }) => oneLine(name));
      const rows = block.rows.map((row) => block.columns.map((_, at) => words(row[at] ?? '')));
      const lines = layColumns([head, ...rows], { width, aligns: block.columns.map(({ align }) => align) });
      return lines.map(({ text, row }) => (row === 0 ? colors.dim(text) : text)).join('\n');
    }
    case 'timeline':
      return timeline(block, width, colors);
    case 'log':
      return block.lines.map((line) => `${colors.dim(`${oneLine(block.source)} |`)} ${oneLine(line)}`).join('\n');
    case 'code':
      return printable(block.text).replace(/^/gm, '  ');
    case 'note':
      return note(block, width, colors);
  }
}

function words(text: Text): string {
  return partsOf(text)
    .map((part) => {
      if (typeof part === 'string') return printable(part);
      if ('code' in part) return oneLine(part.code);
      const [shown, href] = [oneLine(part.text), oneLine(part.href)];
      return shown === href ? href : `${shown} (${href})`;
    })
    .join('');
}

/** Longest bar. */
const BAR = 40;

function timeline({ spans }: Timeline, width: number, colors: Colors): string {
  if (spans.length === 0) return '';
  const from = Math.min(...spans.map(({ start }) => start));
  const whole = Math.max(1, Math.max(...spans.map(({ end }) => end)) - from);
  const names = spans.map(({ name }) => oneLine(name));
  const nameWidth = Math.min(Math.max(...names.map((name) => textWidth(name))), Math.floor(width / 2));
  const bar = Math.max(4, Math.min(BAR, width - nameWidth - 12));
  const lines = spans.map(({ start, end, failed }, index) => {
    const [left, right] = [start, end].map((time) => Math.round(((time - from) / whole) * bar));
    const length = Math.max(1, (right ?? 0) - (left ?? 0));
    const offset = Math.min(left ?? 0, bar - length);
    const drawn = `${' '.repeat(offset)}${'█'.repeat(length)}`.padEnd(bar);
    const name = pad(wrapText(names[index] ?? '', nameWidth)[0] ?? '', nameWidth, 'left');
    return `${name}  ${failed ? colors.red(drawn) : drawn}  ${formatDuration(end - start)}`;
  });
  return lines.join('\n');
}

function note({ level, text }: Note, width: number, colors: Colors): string {
  const marks = { good: colors.green('✓'), info: ' ', warning: colors.yellow('!'), error: colors.red('✗') } as const;
  const [first = '', ...more] = wrapText(words(text), width - 2);
  return [`${marks[level]} ${first}`, ...more.map((line) => `  ${line}`)].join('\n');
}
