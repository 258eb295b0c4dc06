import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Block, Page } from '../../base/tell/page.js';
import { renderMarkdown } from './markdown.js';

const log = (count: number): Block => ({
  type: 'log',
  source: 'web',
  lines: Array.from({ length: count }, (_, at) => `line ${at}`),
});
const table = (count: number): Block => ({
  type: 'table',
  title: 'Layers',
  columns: [{ name: 'Layer' }, { name: 'Bytes' }],
  rows: Array.from({ length: count }, (_, at) => [`layer ${at}`, String(at)]),
});
const verdict: Block = { type: 'note', level: 'error', text: 'It failed.' };
const next: Block = { type: 'code', text: 'lading rollback' };

test('what is short stays, what is long is cut on its less telling side, and says so', () => {
  const text = renderMarkdown({ title: 'Release', blocks: [verdict, log(5000), table(5000), next] }, 8000);
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(8000);
  expect(Buffer.byteLength(text)).toBeGreaterThan(7000);
  expect(text).toContain('> It failed.');
  expect(text).toContain('lading rollback');
  expect(text).toMatch(/```text\n… \d+ lines before these\nline \d+\n/);
  expect(text).toContain('line 4999\n```');
  expect(text).toContain('| layer 0 | 0 |\n| layer 1 | 1 |');
  expect(text).toMatch(/\| … \d+ more \|  \|/);
  expect(text).toContain('This page was too long and is cut: 8000 bytes is the limit.');
});

test('a page that fits is whole', () => {
  expect(renderMarkdown({ title: 'Release', blocks: [verdict, log(10), next] })).not.toContain('cut');
});

test('it fits at any length', () => {
  const block = fc.oneof(
    fc.nat(400).map(log),
    fc.nat(400).map(table),
    fc.constant(verdict),
    fc.nat(3000).map((count): Block => ({ type: 'code', text: 'x'.repeat(count) })),
  );
  const page: fc.Arbitrary<Page> = fc.record({ title: fc.string(), blocks: fc.array(block, { maxLength: 8 }) });
  fc.assert(
    fc.property(page, fc.nat(6000), (one, limit) => {
      const text = renderMarkdown(one, limit);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limit);
      // Never a fence or a table that is open at its end.
      expect((text.match(/^```/gm) ?? []).length % 2).toBe(0);
    }),
  );
});
