import fc from 'fast-check';
import { expect, test } from 'vitest';
import { harmless } from './workflow-command.js';

test.each([
  ['12 layers', '12 layers'],
  ['a::b', 'a::b'],
])('%j stays as it is', (text, shown) => {
  expect(harmless(text)).toBe(shown);
});

test('no line of a text is a command to the runner', () => {
  const piece = fc.constantFrom('::', ' ', '\t', '\n', '\r\n', '##[', 'add-mask', 'error', ']', 'x', '\u00a0');
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const text = pieces.join('');
      const lines = harmless(text).split('\n');
      const [, token] = /^::stop-commands::(.+)$/.exec(lines[0] ?? '') ?? [];
      if (token !== undefined) {
        expect(lines.at(-1)).toBe(`::${token}::`);
        expect(lines.slice(1, -1).join('\n')).toBe(text);
      } else {
        // https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
        for (const line of lines) expect(line.trimStart().startsWith('::') || line.includes('##[')).toBe(false);
      }
    }),
  );
});
