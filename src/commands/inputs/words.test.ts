import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wordsForm } from './words.js';

test.each<[string, readonly string[]]>([
  ['node server.js', ['node', 'server.js']],
  ['sh -c "echo hi there"', ['sh', '-c', 'echo hi there']],
  [`sh -c 'echo "$HOME" && ls'`, ['sh', '-c', 'echo "$HOME" && ls']],
  ['a=b"c d"e  f', ['a=bc de', 'f']],
  ['say "a \\"b\\" \\n" c\\ d', ['say', 'a "b" \\n', 'c d']],
  ['run "" x', ['run', '', 'x']],
  ['["sh", "-c", "a, b"]', ['sh', '-c', 'a, b']],
  ['[]', []],
])('%s', (text, words) => {
  expect(wordsForm.parse(text, '/')).toEqual(words);
});

test.each(['sh -c "echo', "it's", '[1]', '["a"'])('%s is told', (text) => {
  expect(() => wordsForm.parse(text, '/')).toThrow(expect.objectContaining({ kind: 'input' }));
});

test('parse undoes format', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), (words) => {
      expect(wordsForm.parse(wordsForm.format(words), '/')).toEqual(words);
    }),
  );
});

test('words in single quotes come back as they are', () => {
  fc.assert(
    fc.property(fc.array(fc.string().filter((word) => !word.includes("'"))), (words) => {
      const text = words.map((word) => `'${word}'`).join(' ');
      expect(wordsForm.parse(text, '/')).toEqual(words);
    }),
  );
});
