import fc from 'fast-check';
import { expect, test } from 'vitest';
import { oneLine, printable, printableJson } from './printable.js';

test.each([
  ['plain ä 😀\ttab\nline', 'plain ä 😀\ttab\nline'],
  ['\u001b[31mred\u001b[0m', 'red'],
  ['\u009b31mred\u009b0m', 'red'],
  ['\u001b[2J\u001b[1;1Hgone', 'gone'],
  ['\u001b]0;title\u0007text', 'text'],
  ['\u001b]8;;https://evil.test/\u001b\\link\u001b]8;;\u001b\\', 'link'],
  ['\u009d0;title\u009ctext', 'text'],
  ['\u001bPq#0\u001b\\sixel', 'sixel'],
  ['\u001b]0;never ended', '0;never ended'],
  ['\u001bcreset \u001b(0charset', 'reset charset'],
  ['10%\r100%\r\ndone\r', '10% 100%\ndone '],
  ['back\bspace \u0000nul \u007fdel bell\u0007', 'backspace nul del bell'],
  ['user\u202egnp.exe', 'usergnp.exe'],
  ['\u001b\u001b[31m[31mx', '31mx'],
])('%j is %j', (text, shown) => expect(printable(text)).toBe(shown));

const hostile = fc
  .array(
    fc.constantFrom(
      '\u001b',
      '[',
      ']',
      '\u009b',
      '\u009d',
      '\u009c',
      '\u0007',
      '\\',
      '31m',
      ';',
      'a',
      '\r',
      '\n',
      '\b',
      '\u202e',
      '0',
      'm',
    ),
  )
  .map((parts) => parts.join(''));

test('nothing is left that commands a terminal', () => {
  fc.assert(
    fc.property(fc.oneof(hostile, fc.string({ unit: 'binary' })), (text) => {
      expect(printable(text)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      expect(printable(printable(text))).toBe(printable(text));
      expect(oneLine(text)).not.toMatch(/[\r\n]/);
    }),
  );
});

test('JSON says the same in ASCII', () => {
  fc.assert(
    fc.property(fc.oneof(hostile, fc.string({ unit: 'binary' })), (text) => {
      const json = printableJson(JSON.stringify({ text }));
      expect(JSON.parse(json)).toEqual({ text });
      expect(json).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    }),
  );
});

test('a long text takes no time', () => {
  const started = performance.now();
  for (const piece of ['\u001b', ' ', ' \n', '\u001b[', '\u001b]', '\u009d', '\u001b[1;', '\u001b(', '\r', 'a\n'])
    oneLine(piece.repeat(200_000));
  expect(performance.now() - started).toBeLessThan(2000);
});
