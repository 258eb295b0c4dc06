import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyEdits, diffText } from './edits.js';

test('edits go in from the back; what overlaps is left out, what is the same is one', () => {
  const edits = [
    { start: 0, end: 1, text: 'A' },
    { start: 4, end: 4, text: '+' },
    { start: 4, end: 4, text: '+' },
    { start: 2, end: 3, text: '' },
    { start: 2, end: 3, text: 'x' },
  ];
  expect(applyEdits('abcde', edits)).toBe('Abd+e');
});

test('a diff shows what changed and two lines around it', () => {
  const before = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12', ''].join('\n');
  const after = before.replace('4\n', 'four\n').replace('11\n', '11\neleven and a half\n');
  expect(diffText('x.yml', before, after)).toBe(
    [
      '--- a/x.yml',
      '+++ b/x.yml',
      '@@ -2,5 +2,5 @@',
      ' 2',
      ' 3',
      '-4',
      '+four',
      ' 5',
      ' 6',
      '@@ -10,4 +10,5 @@',
      ' 10',
      ' 11',
      '+eleven and a half',
      ' 12',
      ' ',
    ].join('\n'),
  );
});

test('of equal texts there is none', () => {
  expect(diffText('x', 'a', 'a')).toBe('');
});

test('its lines are those of both texts, in their order', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 30 }).map((lines) => lines.join('\n'));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = diffText('x', before, after).split('\n').slice(2);
      const of = (kind: string) => lines.filter((line) => line.startsWith(kind)).length;
      const [old, fresh] = [before.split('\n').length, after.split('\n').length];
      expect(of('+') - of('-')).toBe(before === after ? 0 : fresh - old);
    }),
  );
});
