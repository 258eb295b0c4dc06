import { formatDuration } from '../../base/duration.js';
import type { Block, Note, Page, Table, Text, Timeline } from '../../base/tell/page.js';
import { partsOf } from '../../base/tell/page.js';
import { oneLine } from '../../base/tell/printable.js';
import {
  escapeMarkdown,
  markdownCode,
  markdownFence,
  markdownFold,
  markdownLink,
  markdownTable,
} from '../escape/markdown.js';
import { mermaidName } from '../escape/mermaid.js';
import { fitPage } from './fit.js';

/** GitHub drops a step's summary beyond it. https://docs.github.com/actions/reference/workflow-commands-for-github-actions */
export const SUMMARY_LIMIT = 1024 * 1024;

/**
 * A page in GitHub-flavoured Markdown of at most `limit` bytes: longest blocks are cut first, and say so.
 * Text is text: whatever stands in it, it makes no markup, no link and no mention.
 */
export function renderMarkdown(page: Page, limit = SUMMARY_LIMIT): string {
  return fitPage(page, limit, wholePage);
}

function wholePage(page: Page): string {
  const title = escapeMarkdown(oneLine(page.title)).trim();
  return `${[...(title === '' ? [] : [`### ${title}`]), ...page.blocks.map(block)].join('\n\n')}\n`;
}

function block(one: Block): string {
  const body = bodyOf(one);
  if (one.type === 'note') return body;
  const title = oneLine(one.title ?? (one.type === 'log' ? one.source : '')).trim();
  if (title === '') return body;
  if ('folded' in one && one.folded) return markdownFold(title, body);
  return `#### ${escapeMarkdown(title)}\n\n${body}`;
}

function bodyOf(one: Block): string {
  switch (one.type) {
    case 'facts':
      return markdownTable(
        ['', ''],
        one.rows.flatMap(({ name, value }) =>
          value === undefined ? [] : [[escapeMarkdown(name).trim(), inline(value, 'cell')]],
        ),
      );
    case 'table':
      return table(one);
    case 'timeline':
      return timeline(one);
    case 'log':
      return markdownFence(one.lines.join('\n'), 'text');
    case 'code':
      return markdownFence(one.text, one.language);
    case 'note':
      return note(one);
  }
}

function inline(text: Text, place: 'line' | 'cell'): string {
  return partsOf(text)
    .map((part) => {
      if (typeof part === 'string') return escapeMarkdown(part);
      return 'code' in part ? markdownCode(part.code, place) : markdownLink(part.text, part.href);
    })
    .join('')
    .trim();
}

function table({ columns, rows }: Table): string {
  return markdownTable(
    columns.map(({ name }) => escapeMarkdown(name).trim()),
    rows.map((row) => columns.map((_, at) => inline(row[at] ?? '', 'cell'))),
    columns.map(({ align }) => align),
  );
}

/** More bars than these are no picture any more, and Mermaid has a longest text. */
const BARS = 100;

/** https://mermaid.js.org/syntax/gantt.html; `x` is milliseconds since 1970. */
function timeline({ spans }: Timeline): string {
  const rows = spans.slice(0, BARS).map(({ name, start, end, failed }) => {
    const from = Math.round(start);
    const to = Math.max(from + 1, Math.round(end));
    const label = `${mermaidName(name)} ${formatDuration(to - from)}`;
    return `  ${label} :${failed ? 'crit, ' : ''}${from}, ${to}`;
  });
  if (rows.length === 0) return '';
  return markdownFence(['gantt', '  dateFormat x', '  axisFormat %H:%M:%S', ...rows].join('\n'), 'mermaid');
}

const alerts: Readonly<Record<Note['level'], string>> = {
  good: 'TIP',
  info: 'NOTE',
  warning: 'WARNING',
  error: 'CAUTION',
};

function note({ level, text }: Note): string {
  return `> [!${alerts[level]}]\n> ${inline(text, 'line')}`;
}
