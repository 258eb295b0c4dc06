import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { hostileText } from '../../../test/support/hostile-text.js';
import type { Page } from '../../base/tell/page.js';
import { renderText } from './terminal.js';

const page: Page = {
  title: 'Release of web',
  blocks: [
    {
      type: 'note',
      level: 'error',
      text: ['The container ', { code: 'web' }, ' exits with 1: its secret is missing.'],
    },
    {
      type: 'facts',
      rows: [
        { name: 'image', value: { code: 'shop@sha256:abc' } },
        { name: 'left out', value: undefined },
        { name: 'console', value: { text: 'open', href: 'https://console.aws.amazon.com/ecs' } },
      ],
    },
    {
      type: 'table',
      title: 'Tasks',
      columns: [{ name: 'Task' }, { name: 'Cause' }, { name: 'Bytes', align: 'right' }],
      rows: [
        ['b61a', 'ResourceInitializationError: unable to pull secrets from ssm', '7'],
        ['ж界', 'two\nlines', '1024'],
      ],
    },
    {
      type: 'timeline',
      title: 'Time',
      spans: [
        { name: 'build', start: 0, end: 30_000 },
        { name: 'push', start: 20_000, end: 40_000 },
        { name: 'deploy', start: 40_000, end: 80_000, failed: true },
      ],
    },
    { type: 'log', source: 'web', lines: ['starting', '\u001b[31mno secret\u001b[0m'] },
    { type: 'code', title: 'Next', language: 'sh', text: 'lading rollback\nlading status' },
  ],
};

test('a page in 60 columns', () => {
  expect(renderText(page, { width: 60, colors: false })).toBe(`Release of web

✗ The container web exits with 1: its secret is missing.

image    shop@sha256:abc
console  open (https://console.aws.amazon.com/ecs)

Tasks
Task  Cause                                            Bytes
b61a  ResourceInitializationError: unable to pull          7
      secrets from ssm
ж界   two                                               1024
      lines

Time
build   ███████████████                           30s
push              ██████████                      20s
deploy                      ████████████████████  40s

web | starting
web | no secret

Next
  lading rollback
  lading status`);
});

test('colours come when they are asked for, and only ours', () => {
  const coloured = renderText(page, { width: 60, colors: true });
  expect(coloured).toContain('\u001b[31m✗\u001b[39m The container');
  expect(coloured).not.toContain('\u001b[31mno secret');
});

const text = hostileText;
const pages: fc.Arbitrary<Page> = fc.record({
  title: text,
  blocks: fc.array(
    fc.oneof(
      fc.record({ type: fc.constant('note' as const), level: fc.constant('good' as const), text }),
      fc.record({ type: fc.constant('facts' as const), rows: fc.array(fc.record({ name: text, value: text })) }),
      fc.record({
        type: fc.constant('table' as const),
        columns: fc.constant([{ name: 'a' }, { name: 'b', align: 'right' as const }, { name: 'c' }]),
        rows: fc.array(fc.array(text, { maxLength: 5 })),
      }),
      fc.record({
        type: fc.constant('timeline' as const),
        spans: fc.array(fc.record({ name: text, start: fc.nat(100_000), end: fc.nat(100_000) })),
      }),
    ),
    { maxLength: 4 },
  ),
});

test('no line is wider than the terminal, and none commands it', () => {
  fc.assert(
    fc.property(pages, fc.integer({ min: 40, max: 200 }), (one, width) => {
      const lines = renderText({ ...one, title: '' }, { width, colors: false }).split('\n');
      for (const line of lines) {
        // An address stays whole.
        if (!line.includes('://')) expect(stringWidth(line)).toBeLessThanOrEqual(width);
        expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
      }
    }),
  );
});
