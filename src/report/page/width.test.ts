import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { printable } from '../../base/tell/printable.js';
import { textWidth, wrapText } from './width.js';

test.each([
  ['', 0],
  ['plain', 5],
  ['äöü', 3],
  ['a\u0308', 1],
  ['木', 2],
  ['😀', 2],
  ['❤\ufe0f', 2],
  ['1\ufe0f\u20e3', 2],
  ['👩‍💻', 4],
  ['\t', 2],
  ['ä\tb', 4],
])('%j takes %i columns', (text, width) => expect(textWidth(text)).toBe(width));

test('it is never less than what terminals show', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const shown = printable(text).replace(/[\t\n]/g, ' ');
      expect(textWidth(shown)).toBeGreaterThanOrEqual(stringWidth(shown));
    }),
  );
});

describe('wrapping', () => {
  test.each([
    ['one two three', 7, ['one two', 'three']],
    ['one', 7, ['one']],
    ['abcdefghij', 4, ['abcd', 'efgh', 'ij']],
    ['a abcdefg b', 4, ['a', 'abcd', 'efg', 'b']],
    ['a\nb', 4, ['a', 'b']],
    ['木木木', 4, ['木木', '木']],
  ])('%j in %i columns', (text, width, lines) => expect(wrapText(text, width)).toEqual(lines));

  test('nothing is lost, and nothing is too wide', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'bc', ' ', '木', 'ä', '😀', '-') });
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 20 }), (one, width) => {
        const lines = wrapText(one, width);
        for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width);
        expect(lines.join('').replaceAll(' ', '')).toBe(one.replaceAll(' ', ''));
      }),
    );
  });
});
