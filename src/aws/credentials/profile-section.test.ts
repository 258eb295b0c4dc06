import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { putSection, readSection, takeSection } from './profile-section.js';

const settings = { aws_access_key_id: 'A', aws_secret_access_key: 'S' };
const section = '[ci]\naws_access_key_id = A\naws_secret_access_key = S\n';

describe('a section', () => {
  test.each([
    ['an empty file', '', section],
    ['a file with others', '# mine\n[default]\na = 1\n', `# mine\n[default]\na = 1\n\n${section}`],
    ['a file without a last line break', '[default]\na = 1', `[default]\na = 1\n\n${section}`],
    ['its place', '[ci]\nold = 1\n\n# next\n[other]\nb = 2\n', `${section}[other]\nb = 2\n`],
  ])('goes into %s', (_what, text, expected) => {
    const put = putSection(text, 'ci', settings);
    expect(put.text).toBe(expected);
    expect(readSection(put.text, 'ci')).toBe(section);
    expect(takeSection(put.text, 'ci', put)).toBe(text);
  });

  test.each(['[profile ci]', '[ profile  ci ]', '[profile "ci"]', '  [profile ci] # note'])(
    '%s is one of that name',
    (header) => {
      expect(readSection(`${header}\nregion = x\n`, 'profile ci')).toBe(`${header}\nregion = x\n`);
    },
  );

  test.each(['[profile ci2]', '# [profile ci]', '[ci]', 'x = [profile ci]'])('%s is none', (header) => {
    expect(readSection(`${header}\nregion = x\n`, 'profile ci')).toBeUndefined();
  });
});

const line = fc.constantFrom('', '# a comment', 'key = value', '  nested = 1', '; other', '\t');
const block = fc.tuple(fc.constantFrom('[default]', '[a]', '[profile ci]', '[ci]'), fc.array(line, { maxLength: 4 }));
const file = fc.uniqueArray(block, { selector: ([header]) => header, maxLength: 4 }).chain((blocks) => {
  const text = blocks.map(([header, lines]) => [header, ...lines].join('\n')).join('\n');
  return fc.constantFrom(text, text === '' ? '' : `${text}\n`);
});

test('what was put in is taken out without a trace', () => {
  fc.assert(
    fc.property(file, (text) => {
      const put = putSection(text, 'ci', settings);
      expect(readSection(put.text, 'ci')).toBe(section);
      expect(takeSection(put.text, 'ci', put)).toBe(text);
    }),
  );
});

test('also when another section has come behind it since', () => {
  fc.assert(
    fc.property(file, (text) => {
      const put = putSection(text, 'ci', settings);
      const later = putSection(put.text, 'later', settings);
      const left = takeSection(later.text, 'ci', put);
      expect(readSection(left, 'later')).toBe(section.replace('[ci]', '[later]'));
      expect(readSection(left, 'ci')?.trimEnd()).toBe(put.before?.trimEnd());
    }),
  );
});
