import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatBytes } from './bytes.js';
import { formatDuration, parseDuration, writeDuration } from './duration.js';
import { canonicalJson } from './json.js';
import { createRedactor } from './tell/redact.js';

test.each([
  ['90s', 90_000],
  ['15m', 900_000],
  ['1h30m', 5_400_000],
  ['500ms', 500],
  ['1.5h', 5_400_000],
  ['2d', 172_800_000],
  ['15', undefined],
  ['', undefined],
  ['5 m', undefined],
  ['m5', undefined],
  ['5mx', undefined],
])('the duration %j is %s ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test('a duration that is written can be read', () => {
  fc.assert(
    fc.property(fc.nat(10 ** 9), (ms) => {
      expect(parseDuration(writeDuration(ms))).toBe(ms);
    }),
  );
  expect(writeDuration(900_000)).toBe('15m');
});

test.each([
  [3, '3ms'],
  [949, '949ms'],
  [950, '0.9s'],
  [9949, '9.9s'],
  [9951, '10s'],
  [59_400, '59s'],
  [185_000, '3m05s'],
  [7_800_000, '2h10m'],
])('%d ms are shown as %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [999_499, '999 kB'],
  [999_500, '1.0 MB'],
  [14_200_000, '14 MB'],
  [3_100_000_000, '3.1 GB'],
])('%d bytes are shown as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test('canonical JSON does not depend on the order of keys', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const reversed = Object.fromEntries(Object.entries(value).reverse());
      expect(canonicalJson(reversed)).toBe(canonicalJson(value));
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

describe('redaction', () => {
  test('hides a secret, its lines, and its base64, URL and JSON forms', () => {
    const redactor = createRedactor();
    const secret = 'p&ss "word"\nsecond-line';
    redactor.add(secret);
    for (const form of [
      secret,
      'second-line',
      encodeURIComponent('p&ss "word"'),
      Buffer.from('second-line').toString('base64'),
      JSON.stringify('p&ss "word"').slice(1, -1),
    ]) {
      expect(redactor.redact(`before ${form} after`)).toBe('before *** after');
    }
  });

  test('hides the password of any URL without being told', () => {
    expect(createRedactor().redact('GET https://me:hunter2@proxy:3128/x')).toBe('GET https://***@proxy:3128/x');
  });

  test('leaves short words alone, which would eat every text', () => {
    const redactor = createRedactor();
    redactor.add('a');
    redactor.add('');
    expect(redactor.redact('banana')).toBe('banana');
  });
});
