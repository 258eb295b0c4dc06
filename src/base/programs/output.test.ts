import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitLines } from './output.js';

function linesOf(...pieces: readonly string[]): string[] {
  const lines: string[] = [];
  const splitter = splitLines((line) => lines.push(line));
  for (const piece of pieces) splitter.push(piece);
  splitter.end();
  return lines;
}

test.each([
  ['a\nb\n', ['a', 'b']],
  ['a\r\nb', ['a', 'b']],
  ['10%\r20%\r\n', ['10%', '20%']],
  ['a\u2028b\n', ['a\u2028b']],
  ['\n\n', ['', '']],
  ['', []],
])('%j', (text, lines) => {
  expect(linesOf(text)).toEqual(lines);
});

test('lines are the same wherever the pieces end', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: fc.constantFrom('a', '\r', '\n') })), (pieces) => {
      expect(linesOf(...pieces)).toEqual(linesOf(pieces.join('')));
    }),
  );
});

test('a line without an end is cut, and the next one is whole', () => {
  const [long = '', next] = linesOf('x'.repeat(5000), 'x'.repeat(5000), '\nnext\n');
  expect(long).toBe(`${'x'.repeat(8192)}…`);
  expect(next).toBe('next');
});
