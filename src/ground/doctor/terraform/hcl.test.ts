import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HclItem } from './hcl.js';
import { parseHcl } from './hcl.js';

function shape(items: readonly HclItem[]): unknown {
  return items.map((item) =>
    item.is === 'attribute' ? `${item.name}=${item.value}` : [[item.type, ...item.labels].join(' '), shape(item.items)],
  );
}

describe('a file of Terraform', () => {
  // prettier-ignore
  const cases = [
    ['an argument', 'a = 1', ['a=1']],
    ['a block in a block', 'terraform {\n  backend "s3" {}\n}', [['terraform', [['backend s3', []]]]]],
    ['on one line', 'variable "a" { type = string }', [['variable a', ['type=string']]]],
    ['comments', '# a = 1\n// b = 2\n/* c = 3 */ d = 4 # e\n', ['d=4']],
    ['braces in texts', 'a = "} { ${b["x}"]} %{ if c }"\nd = 1', ['a="} { ${b["x}"]} %{ if c }"', 'd=1']],
    ['a document', 'a = <<-END\n  b = {\n  END\nc = 1', ['a=<<-END\n  b = {\n  END', 'c=1']],
    ['lists and objects over lines', 'a = [\n  1,\n  { b = 2 },\n]\nc = 3', ['a=[\n  1,\n  { b = 2 },\n]', 'c=3']],
    ['a comparison is no argument', 'a == b\nc = 1', ['c=1']],
    ['what is no HCL', '??? ]] "\nc = 1', ['c=1']],
  ] as const;
  test.each(cases)('%s', (_, text, expected) => {
    expect(shape(parseHcl(text))).toEqual(expected);
  });

  test('is read to its end, whatever it is', () => {
    const text = fc
      .array(fc.constantFrom('a', '=', '{', '}', '"', '\n', '<<E\n', '${', '#', '/*', ' ', ']', '\\'))
      .map((parts) => parts.join(''));
    fc.assert(fc.property(text, (one) => void parseHcl(one)));
    expect(parseHcl('a {\n'.repeat(10_000))).toBeDefined();
  });
});
