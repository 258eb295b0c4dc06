import { formatDuration } from '../../base/duration.js';
import type { Block, Note, Page, Table, Text, Timeline } from '../../base/tell/page.js';
import { partsOf } from '../../base/tell/page.js';
import { oneLine } from '../../base/tell/printable.js';
import { escapeHtml, webAddress } from '../escape/html.js';
import { STYLE } from './style.js';

/**
 * A page as one HTML file that needs nothing else: no script, no request, light and dark as the reader has it.
 * Text is text, whatever stands in it.
 */
export function renderHtml(page: Page): string {
  const title = escapeHtml(page.title);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${page.blocks.map(block).join('\n')}
</main>
</body>
</html>
`;
}

function block(one: Block): string {
  const body = bodyOf(one);
  if (one.type === 'note') return body;
  const title = oneLine(one.title ?? (one.type === 'log' ? one.source : '')).trim();
  if (title === '') return `<section>${body}</section>`;
  if ('folded' in one && one.folded) {
    return `<details><summary>${escapeHtml(title)}</summary>${body}</details>`;
  }
  return `<section><h2>${escapeHtml(title)}</h2>${body}</section>`;
}

function bodyOf(one: Block): string {
  switch (one.type) {
    case 'facts': {
      const rows = one.rows.flatMap(({ name, value }) =>
        value === undefined ? [] : [`<dt>${escapeHtml(name)}</dt><dd>${inline(value)}</dd>`],
      );
      return `<dl>${rows.join('')}</dl>`;
    }
    case 'table':
      return table(one);
    case 'timeline':
      return timeline(one);
    case 'log':
      return `<pre><code>${escapeHtml(one.lines.join('\n'))}</code></pre>`;
    case 'code':
      return `<pre><code>${escapeHtml(one.text)}</code></pre>`;
    case 'note':
      return `<p class="note ${one.level}"><b title="${one.level}">${marks[one.level]}</b> ${inline(one.text)}</p>`;
  }
}

/** Colours alone tell nothing to who sees none. */
const marks: Readonly<Record<Note['level'], string>> = { good: '✓', info: 'i', warning: '!', error: '✗' };

function inline(text: Text): string {
  return partsOf(text)
    .map((part) => {
      if (typeof part === 'string') return escapeHtml(part).replaceAll('\n', '<br>');
      if ('code' in part) return `<code>${escapeHtml(part.code)}</code>`;
      const address = webAddress(part.href);
      const words = escapeHtml(part.text);
      return address === undefined ? words : `<a href="${escapeHtml(address)}" rel="noreferrer">${words}</a>`;
    })
    .join('');
}

function table({ columns, rows }: Table): string {
  const cell = (tag: 'th' | 'td', content: string, at: number) =>
    `<${tag}${columns[at]?.align === 'right' ? ' class="right"' : ''}>${content}</${tag}>`;
  const head = columns.map(({ name }, at) => cell('th', escapeHtml(name), at)).join('');
  const body = rows.map((row) => `<tr>${columns.map((_, at) => cell('td', inline(row[at] ?? ''), at)).join('')}</tr>`);
  return `<div class="wide"><table><thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
}

function timeline({ spans }: Timeline): string {
  const from = Math.min(...spans.map(({ start }) => start));
  const whole = Math.max(1, Math.max(...spans.map(({ end }) => end)) - from);
  const percent = (ms: number) => `${((Math.max(0, ms) / whole) * 100).toFixed(2)}%`;
  const rows = spans.map(({ name, start, end, failed }) => {
    const place = `margin-left:${percent(start - from)};width:${percent(end - start)}`;
    const bar = `<span class="bar${failed ? ' failed' : ''}" style="${place}"></span>`;
    const time = `<span class="right">${formatDuration(end - start)}</span>`;
    return `<li><span>${escapeHtml(name)}</span><span class="lane">${bar}</span>${time}</li>`;
  });
  return `<ol class="timeline">${rows.join('')}</ol>`;
}
