import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hostileText } from '../../../test/support/hostile-text.js';
import { mermaidName } from './mermaid.js';

test.each([
  ['build web (linux/amd64)', 'build web (linux/amd64)'],
  ['push: 14 MB', 'push 14 MB'],
  ['bäume 木', 'bäume 木'],
  ['%%{init: {"x": 1}}%%', 'init x 1'],
  ['section two', '(section two)'],
  ['end', '(end)'],
  ['a --> b', 'a - b'],
  ['#35;;', '35'],
  [':::', '-'],
  ['\n', '-'],
])('%j is %j', (text, name) => expect(mermaidName(text)).toBe(name));

/** What the grammar of a Gantt diagram takes for the name of a task, and nothing else: real Mermaid reads these so. */
test('whatever comes is one name of one task', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      expect(mermaidName(text)).toMatch(/^[\p{L}\p{N} ._/()+-]{1,62}$/u);
    }),
  );
});
