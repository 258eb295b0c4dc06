import fc from 'fast-check';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { parse, parseFragment } from 'parse5';
import { describe, expect, test } from 'vitest';
import { hostileText } from '../../../test/support/hostile-text.js';
import type { Inline, Page, Text } from '../../base/tell/page.js';
import { printable } from '../../base/tell/printable.js';
import { renderHtml } from './html.js';
import { renderMarkdown } from './markdown.js';

/**
 * The promise: a text makes no element. Real parsers read what we wrote; a page of hostile texts has the very tree of
 * the same page with harmless ones, and the texts come out as they were.
 */
type Node = {
  readonly nodeName: string;
  readonly value?: string;
  readonly childNodes?: readonly Node[];
  readonly attrs?: readonly { readonly name: string; readonly value: string }[];
};

/** Elements with their attributes but for addresses, one inside the other. */
function treeOf(node: Node): string {
  const attributes = (node.attrs ?? [])
    .map(({ name, value }) => (name === 'href' ? ' href' : ` ${name}=${value}`))
    .join('');
  const inner = (node.childNodes ?? []).map(treeOf).join('');
  return node.nodeName.startsWith('#') ? inner : `<${node.nodeName}${attributes}>${inner}`;
}

function textsOf(node: Node): string {
  return node.nodeName === '#text' ? (node.value ?? '') : (node.childNodes ?? []).map(textsOf).join('\u0001');
}

function addressesOf(node: Node): readonly string[] {
  const own = (node.attrs ?? []).filter(({ name }) => name === 'href' || name === 'src').map(({ value }) => value);
  return [...own, ...(node.childNodes ?? []).flatMap(addressesOf)];
}

function readMarkdown(markdown: string): Node {
  const html = micromark(markdown, { extensions: [gfm()], htmlExtensions: [gfmHtml()], allowDangerousHtml: true });
  return parseFragment(html);
}

/** A page with every block, made of the texts in turn. Line breaks make elements of ours: they are left out here. */
function pageOf(texts: readonly string[], options: { readonly folded: boolean }): Page {
  let at = 0;
  const next = () => (texts[at++ % texts.length] ?? '').replace(/[\r\n\u2028]+/g, ' ');
  const line = (): Text => [next(), { code: next() }, { text: next(), href: 'https://good.test/a?b=c&d=e' }];
  const { folded } = options;
  return {
    title: next(),
    blocks: [
      { type: 'note', level: 'error', text: line() },
      { type: 'note', level: 'good', text: next() },
      {
        type: 'facts',
        title: next(),
        rows: [
          { name: next(), value: next() },
          { name: next(), value: { code: next() } },
          { name: next(), value: undefined },
        ],
      },
      {
        type: 'table',
        title: next(),
        folded,
        columns: [{ name: next() }, { name: next(), align: 'right' }],
        rows: [[next(), next()], [{ code: next() }, line()], [next()]],
      },
      {
        type: 'timeline',
        title: next(),
        spans: [
          { name: next(), start: 1_000, end: 2_000 },
          { name: next(), start: 1_500, end: 9_000, failed: true },
        ],
      },
      { type: 'log', source: next(), folded, lines: [next(), next()] },
      { type: 'code', title: next(), folded, language: next(), text: next() },
    ],
  };
}

/** What is left of a text when it is shown, without white space, which languages fold. */
const bare = (text: string) => printable(text).replace(/[\s\u0001\u200b]/gu, '');

/** Harmless, and as empty as the hostile one is. */
const twin = (text: string) => (bare(text) === '' ? '' : 'word');

const texts = fc.array(hostileText, { minLength: 3, maxLength: 12 });
const options = fc.record({ folded: fc.boolean() });

describe('no text makes an element', () => {
  test('in Markdown', () => {
    fc.assert(
      fc.property(texts, options, (hostile, choice) => {
        const ours = readMarkdown(renderMarkdown(pageOf(hostile, choice)));
        const harmless = readMarkdown(renderMarkdown(pageOf(hostile.map(twin), choice)));
        // Code is written with tags where backticks would not do, and a fence may have a language: the same elements.
        const plain = (tree: string) => tree.replace(/ class=language-[^ >]+/g, '');
        expect(plain(treeOf(ours))).toBe(plain(treeOf(harmless)));
        expect(new Set(addressesOf(ours))).toEqual(new Set(addressesOf(harmless)));
      }),
      { numRuns: 150 },
    );
  });

  test('in HTML', () => {
    fc.assert(
      fc.property(texts, options, (hostile, choice) => {
        const ours = parse(renderHtml(pageOf(hostile, choice))) as Node;
        const harmless = parse(renderHtml(pageOf(hostile.map(twin), choice))) as Node;
        expect(treeOf(ours)).toBe(treeOf(harmless));
        expect(new Set(addressesOf(ours))).toEqual(new Set(addressesOf(harmless)));
      }),
      { numRuns: 150 },
    );
  });
});

describe('a text is shown as it is', () => {
  const blocks = (text: string): Page['blocks'] => [
    { type: 'note', level: 'info', text },
    { type: 'facts', rows: [{ name: text, value: { code: text } }] },
    { type: 'table', columns: [{ name: text }], rows: [[text], [{ code: text }]] },
    { type: 'log', source: '', lines: text.split('\n') },
    { type: 'code', text },
  ];
  test.each<[string, (page: Page) => Node]>([
    ['Markdown', (page) => readMarkdown(renderMarkdown(page))],
    ['HTML', (page) => parse(renderHtml(page))],
  ])('in %s', (_name, read) => {
    fc.assert(
      fc.property(hostileText, (text) => {
        for (const block of blocks(text)) {
          const shown = bare(textsOf(read({ title: '', blocks: [block] })));
          expect(shown).toContain(bare(text));
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('only addresses of the web are followed', () => {
  const linkTo = (href: string): Page => ({
    title: '',
    blocks: [{ type: 'note', level: 'info', text: { text: 'here', href } satisfies Inline }],
  });
  test.each([
    ['https://good.test/a b?c=d&copy=e#f', 'https://good.test/a%20b?c=d&copy=e#f'],
    ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080/'],
    ['https://good.test/(a)|b`c<d>"e\'f\\g*h', undefined],
    ['HTTPS://GOOD.TEST', 'https://good.test/'],
  ])('%s', (href, expected) => {
    for (const tree of [readMarkdown(renderMarkdown(linkTo(href))), parse(renderHtml(linkTo(href))) as Node]) {
      const [address = ''] = addressesOf(tree);
      expect(addressesOf(tree)).toHaveLength(1);
      if (expected) expect(address).toBe(expected);
      expect(new URL(address).host).toBe(new URL(href).host);
      expect(decodeURIComponent(new URL(address).pathname)).toBe(decodeURIComponent(new URL(href).pathname));
    }
  });

  test.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    '//evil.test',
    'https://me:pw@evil.test/',
    '',
    'x',
  ])('%s is text', (href) => {
    for (const tree of [readMarkdown(renderMarkdown(linkTo(href))), parse(renderHtml(linkTo(href))) as Node]) {
      expect(addressesOf(tree)).toEqual([]);
      expect(textsOf(tree)).toContain('here');
    }
  });
});

test('what stands beside code and links keeps its distance', () => {
  const text: Text = [
    'The container ',
    { code: 'web' },
    ' ends: ',
    { text: 'log', href: 'https://a.test/' },
    ', ',
    '# 1',
  ];
  const markdown = renderMarkdown({ title: '', blocks: [{ type: 'note', level: 'info', text }] });
  expect(markdown).toBe('> [!NOTE]\n> The container `web` ends: [log](<https://a.test/>), \\# 1\n');
});
