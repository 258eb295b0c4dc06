import { escapeHtml, webAddress } from './html.js';
import { oneLine, printable } from '../../base/tell/printable.js';

/**
 * Text as it stands in a line of GitHub-flavoured Markdown, in a cell of a table as well: no markup, no HTML, no link,
 * nobody mentioned. Line breaks become `<br>`; white space at the ends stays, for what stands beside it.
 * https://github.github.com/gfm/
 */
export function escapeMarkdown(text: string): string {
  const lines = printable(text).split('\n');
  return lines.map((line) => escapeLine(line.replace(/\s+/g, ' '))).join('<br>');
}

/** A space without width: GitHub looks for people, mails and issues in the text that comes out. */
const APART = '&#8203;';

function escapeLine(line: string): string {
  return (
    line
      // Addresses become links by themselves. A cell ends at a pipe even behind a backslash that is one itself.
      .replace(/[&<>|\\`*_[\]~$^!]|:(?=\/\/)|@(?!sha256:)(?=[\w-])|#(?=\d)/g, (char) => {
        if (char === '@' || char === '#') return `${char}${APART}`;
        return entities[char] ?? `\\${char}`;
      })
      .replace(/(www)\./gi, '$1\\.')
      .replace(/(gh-)(?=\d)/gi, `$1${APART}`)
      // At the start of a line: headings, lists, rules, numbers.
      .replace(/^( ?)([#+=:-])/, '$1\\$2')
      .replace(/^( ?\d+)([.)])(?=\s|$)/, '$1\\$2')
  );
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '|': '&#124;' };

/** Text as code in a line, or in a cell of a table, where a pipe needs a backslash in front. */
export function markdownCode(text: string, place: 'line' | 'cell'): string {
  const line = printable(text).replace(/\s+/g, ' ').trim();
  if (line === '') return '';
  // Backslashes mean nothing in code, but in front of a pipe they do; no run of backticks is safe everywhere.
  const isOdd = line.includes('`') || (place === 'cell' && line.includes('|') && line.includes('\\'));
  if (isOdd) return `<code>${escapeLine(line)}</code>`;
  return `\`${place === 'cell' ? line.replaceAll('|', '\\|') : line}\``;
}

/** A link, or its text alone when it leads nowhere that may be followed. */
export function markdownLink(text: string, href: string): string {
  const address = webAddress(href);
  const words = escapeMarkdown(text).trim();
  return address === undefined || words === '' ? words : `[${words}](<${address.replaceAll('&', '&amp;')}>)`;
}

/** A block of code that its text cannot end. */
export function markdownFence(text: string, language = ''): string {
  const body = printable(text).replace(/\n+$/, '');
  const longest = Math.max(2, ...(body.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${/^[\w+-]{1,20}$/.test(language) ? language : ''}\n${body}\n${fence}`;
}

/** What someone opens. The body is Markdown, with a blank line on either side so that it is read as such. */
export function markdownFold(title: string, body: string): string {
  return `<details><summary>${escapeHtml(oneLine(title))}</summary>\n\n${body}\n\n</details>`;
}

/** Cells are Markdown already. A row has as many as the head. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  aligns: readonly ('left' | 'right' | undefined)[] = [],
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, column) => (aligns[column] === 'right' ? '---:' : '---'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}
