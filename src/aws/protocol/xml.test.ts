import { parseXML } from '@aws-sdk/xml-builder';
import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { booleanText, errorInXml, listOf, numberText, readXml, writeXml } from './xml.js';

const answer = (text: string) => ({ status: 400, headers: {}, text });

describe('hostile documents', () => {
  test('entities are not expanded', () => {
    const lines = ['<!DOCTYPE x [<!ENTITY a0 "ha">'];
    for (let level = 1; level < 30; level++) lines.push(`<!ENTITY a${level} "&a${level - 1};&a${level - 1};">`);
    const { value } = readXml(`${lines.join('')}]><x>&a29;<y>&xxe;</y></x>`);
    expect(JSON.stringify(value).length).toBeLessThan(100);
  });

  test('external entities are not read', () => {
    const text = '<!DOCTYPE x [<!ENTITY xxe SYSTEM "file:///etc/passwd">]><x>&xxe;</x>';
    expect(readXml(text)).toEqual({ root: 'x', value: '' });
  });

  test('a deep one is no XML, and ends', () => {
    expect(errorInXml(answer('<a>'.repeat(100_000)))).toBeUndefined();
    expect(() => readXml('<a>'.repeat(100_000))).toThrow();
  });

  test('names of the prototype are names', () => {
    const { value } = readXml('<x><__proto__><a>1</a></__proto__><constructor>2</constructor></x>');
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>).a).toBeUndefined();
  });

  test('whatever comes ends in a value or an error, in no time', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '/',
      '=',
      '"',
      ' ',
      'a',
      '<a>',
      '</a>',
      '<a ',
      '<!--',
      '<![CDATA[',
      '&amp;',
      '&#1;',
      '\n',
      '<!DOCTYPE',
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        errorInXml(answer(pieces.join('')));
      }),
    );
    const started = performance.now();
    for (const text of ['<a ', '<!--', '&', '<a x="', '<![CDATA[', '<!DOCTYPE', '</'])
      errorInXml(answer(text.repeat(50_000)));
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

test('what is written is read again', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'ä', '&', '<', '>', '"', "'", ' ', ']]>', '😀', '&amp;') });
  fc.assert(
    fc.property(word, fc.array(word, { minLength: 2 }), (one, many) => {
      const text = writeXml('X', { One: one, Many: many, Deep: { On: true, Count: 3 }, Not: undefined }, 'http://x/');
      const { root, value } = readXml(text);
      expect(root).toBe('X');
      expect(value).toMatchObject({ One: one, Many: many, Deep: { On: 'true', Count: '3' } });
      expect((parseXML(text) as { X: { xmlns: string } }).X.xmlns).toBe('http://x/');
    }),
  );
});

describe('shapes', () => {
  const shape = v.looseObject({
    Rules: listOf(v.looseObject({ Id: v.string() })),
    On: v.optional(booleanText),
    Count: v.optional(numberText),
  });
  test.each([
    [{}, []],
    [{ Rules: '' }, []],
    [{ Rules: { Id: 'a' } }, [{ Id: 'a' }]],
    [{ Rules: [{ Id: 'a' }, { Id: 'b' }] }, [{ Id: 'a' }, { Id: 'b' }]],
  ])('a list in %j', (value, rules) => expect(v.parse(shape, value).Rules).toEqual(rules));

  test('texts become what they mean, or are refused', () => {
    expect(v.parse(shape, { On: 'false', Count: '-1.5' })).toMatchObject({ On: false, Count: -1.5 });
    expect(v.parse(shape, { On: true, Count: 7 })).toMatchObject({ On: true, Count: 7 });
    for (const wrong of [{ On: 'yes' }, { Count: '1e' }, { Count: '' }, { Rules: ['x'] }]) {
      expect(v.safeParse(shape, wrong).success).toBe(false);
    }
  });
});
