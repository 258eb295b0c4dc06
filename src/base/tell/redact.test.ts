import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Page } from './page.js';
import { createRedactor, redactEvent } from './redact.js';
import type { ReportEvent } from './report.js';

function redact(text: string, ...secrets: readonly string[]): string {
  const redactor = createRedactor();
  for (const secret of secrets) redactor.add(secret);
  return redactor.redact(text);
}

const word = fc.string({ unit: fc.constantFrom(...'abcXYZ019+/=_-. &"\'<>\\%ä😀') });
const secret = word.filter((text) => text.trim().length >= 6 && new Set(text).size > 3);

describe('a secret is hidden', () => {
  test.each<[string, (value: string) => string]>([
    ['as it is', (value) => value],
    ['in JSON', (value) => JSON.stringify({ value })],
    ['in JSON within JSON', (value) => JSON.stringify({ value: JSON.stringify({ value }) })],
    ['in an address', (value) => `https://host/?q=${encodeURIComponent(value)}`],
    [
      'in XML',
      (value) =>
        `<v>${value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')}</v>`,
    ],
    ['in a shell', (value) => `'${value.replaceAll("'", `'\\''`)}'`],
  ])('%s', (name, form) => {
    const isPlain = name === 'in JSON within JSON';
    fc.assert(
      fc.property(secret, word, word, (value, before, after) => {
        const trimmed = value.trim();
        fc.pre(!isPlain || !/["\\]/.test(trimmed));
        const text = `${before}${form(trimmed)}${after}`;
        const hidden = redact(text, value);
        expect(hidden).not.toContain(trimmed);
        expect(hidden).toContain('***');
      }),
    );
  });

  test('in base64, wherever it stands in it', () => {
    const long = fc.string({ unit: fc.constantFrom(...'abcXYZ019+/-'), minLength: 12, maxLength: 60 });
    fc.assert(
      fc.property(
        long,
        word,
        word,
        fc.constantFrom('base64' as const, 'base64url' as const),
        (value, before, after, form) => {
          const whole = Buffer.from(`${before}${value}${after}`).toString(form);
          // What is left does not give back more than a few characters at either end.
          const left = redact(whole, value)
            .split('***')
            .map((part) => Buffer.from(part, form).toString());
          expect(left.length).toBeGreaterThan(1);
          for (const part of left) expect(part).not.toContain(value.slice(3, -3));
        },
      ),
    );
  });

  test('when it overlaps with another', () => {
    expect(redact('xabcdefghx', 'abcdef', 'defgh')).toBe('x***x');
    expect(redact('xabcdefx', 'abcdef', 'bcde')).toBe('x***x');
    expect(redact('aaaaaaa', 'aaaa')).toBe('***');
  });

  test('by each of its lines', () => {
    const key = '-----BEGIN KEY-----\nMIIabc\nMIIdef\n-----END KEY-----';
    expect(redact(`log: MIIabc and MIIdef\n${key}`, key)).toBe('log: *** and ***\n***');
  });

  test('but not when it is so short that it stands everywhere', () => {
    expect(redact('a cat', 'cat')).toBe('a cat');
    expect(redact('anything', '')).toBe('anything');
    expect(redact('x', '\ud800\ud800\ud800\ud800')).toBe('x');
  });
});

describe('without being told', () => {
  test.each([
    ['https://user:pa%40ss@host/x', 'https://***@host/x'],
    ['proxy http://user:p:w@host:3128 refused', 'proxy http://***@host:3128 refused'],
    ['https://ghp_token@github.com/a/b', 'https://***@github.com/a/b'],
    ['postgres://me:secret@db/x?y=1', 'postgres://***@db/x?y=1'],
    ['ssh://git@github.com/a', 'ssh://git@github.com/a'],
    ['https://host/a@sha256:abc', 'https://host/a@sha256:abc'],
    ['Authorization: Basic QVdTOnB3', 'Authorization: ***'],
    ['authorization: Bearer a.b.c, x\nnext', 'authorization: ***\nnext'],
    ['Proxy-Authorization:Digest username="x"', 'Proxy-Authorization:***"x"'],
    ['{"authorization":"Basic QVdTOnB3","a":1}', '{"authorization":"***","a":1}'],
    ["{ 'Authorization': 'AWS4-HMAC-SHA256 Credential=A/b, Signature=c' }", "{ 'Authorization': '***' }"],
    [String.raw`"{\"authorization\":\"Basic QVdT\",\"a\":1}"`, String.raw`"{\"authorization\":\"***\",\"a\":1}"`],
    ['curl -H "Authorization: token x" https://a', 'curl -H "Authorization: ***" https://a'],
    ['Authorization=AWS4-HMAC-SHA256 Credential=A', 'Authorization=***'],
    ['ecr GetAuthorizationToken: denied', 'ecr GetAuthorizationToken: denied'],
  ])('%s', (text, shown) => expect(redact(text)).toBe(shown));
});

test('a long text takes no time, however it is made', () => {
  const redactor = createRedactor();
  for (let count = 0; count < 20; count++) redactor.add(`${'a'.repeat(200)}${count}`);
  const started = performance.now();
  for (const piece of [
    'a',
    'a.',
    '://',
    ':// :',
    'https://',
    'authorization',
    'authorization:',
    'authorization" ',
    '@',
    'a:',
  ])
    redactor.redact(piece.repeat(200_000));
  expect(performance.now() - started).toBeLessThan(5000);
});

describe('an event', () => {
  const page: Page = {
    title: 'S3CRET title',
    blocks: [
      {
        type: 'facts',
        title: 'S3CRET',
        rows: [{ name: 'S3CRET', value: [{ code: 'S3CRET' }, { text: 'S3CRET', href: 'https://h/S3CRET' }] }],
      },
      { type: 'table', columns: [{ name: 'S3CRET', align: 'right' }], rows: [['S3CRET']] },
      { type: 'timeline', spans: [{ name: 'S3CRET', start: 1, end: 2 }] },
      { type: 'log', source: 'S3CRET', lines: ['a S3CRET', 'S3\u001b[31mCRET'] },
      { type: 'code', language: 'json', text: '{"a":"S3CRET"}' },
      { type: 'note', level: 'error', text: 'S3CRET' },
    ],
  };
  const redactor = createRedactor();
  redactor.add('S3CRET');
  const events: readonly ReportEvent[] = [
    { type: 'page', page },
    { type: 'task', id: '1', title: 'S3CRET', state: 'done', detail: 'S3CRET' },
    { type: 'progress', id: '1', done: 1, unit: 'bytes', detail: 'S3CRET' },
    { type: 'message', level: 'error', text: 'S3CRET', hint: 'S3CRET', at: { file: 'S3CRET', line: 1 } },
    { type: 'line', source: 'S3CRET', text: 'S3\u001b[0mCRET' },
  ];
  test.each(events)('$type has it nowhere', (event) => {
    const shown = redactEvent(event, (text) => redactor.redact(text));
    expect(JSON.stringify(shown)).not.toContain('S3CRET');
    expect(JSON.stringify(shown)).not.toContain('CRET');
    const shape = (value: unknown): unknown =>
      JSON.parse(JSON.stringify(value), (_name, item: unknown) => (typeof item === 'string' ? '' : item));
    expect(shape(shown)).toEqual(shape(event));
  });

  test('keeps its own words, and a mask its value', () => {
    const own = createRedactor();
    for (const value of ['page', 'note', 'error', 'right', 'json', 'done', 'bytes']) own.add(value);
    const shown = redactEvent({ type: 'page', page }, (text) => own.redact(text));
    expect(shown).toMatchObject({
      type: 'page',
      page: { blocks: [{}, { columns: [{ align: 'right' }] }, {}, {}, {}, { type: 'note', level: 'error' }] },
    });
    expect(redactEvent({ type: 'mask', value: 'done' }, (text) => own.redact(text))).toEqual({
      type: 'mask',
      value: 'done',
    });
  });
});
