import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entriesOf, formatAuthText, hashOf, loginEntries, parseAuthText, withEntries } from './auth-text.js';

const HOST = '123456789012.dkr.ecr.eu-central-1.amazonaws.com';
const login = { username: 'AWS', password: 'word' };
const auth = { auth: Buffer.from('AWS:word').toString('base64') };

describe('a login in a file', () => {
  test.each([
    ['of nothing', {}, { auths: { [HOST]: auth } }],
    ['with others', { auths: { b: {} }, x: 1 }, { x: 1, auths: { b: {}, [HOST]: auth } }],
    [
      'with a store',
      { credsStore: 'desktop' },
      { credsStore: 'desktop', auths: { [HOST]: auth }, credHelpers: { [HOST]: '' } },
    ],
    [
      'with a helper of its own',
      { credHelpers: { [HOST]: 'ecr-login', b: 'gcr' } },
      { auths: { [HOST]: auth }, credHelpers: { b: 'gcr', [HOST]: '' } },
    ],
  ])('%s', (_what, before, after) => {
    expect(withEntries(before, HOST, loginEntries(before, HOST, login))).toEqual(after);
  });

  test.each(['[]', '{', '{"auths":[1]}', '{"credHelpers":{"a":1}}', 'null'])('is not put into %s', (text) => {
    expect(() => parseAuthText(text, '/f/config.json')).toThrow(
      expect.objectContaining({ kind: 'input', code: 'AUTH_FILE_INVALID' }),
    );
  });
});

const host = fc.constantFrom(HOST, 'b', 'toString');
const file = fc.record(
  {
    auths: fc.dictionary(host, fc.jsonValue(), { minKeys: 1 }),
    credHelpers: fc.dictionary(host, fc.constantFrom('', 'x'), { minKeys: 1 }),
    credsStore: fc.constantFrom('desktop', ''),
    other: fc.jsonValue(),
  },
  { requiredKeys: [] },
);

test('what was put into any file is taken out without a trace, and nothing else changes', () => {
  fc.assert(
    fc.property(file, host, (value, at) => {
      const text = formatAuthText(value);
      const before = parseAuthText(text, 'f');
      const entries = loginEntries(before, at, login);
      const written = parseAuthText(formatAuthText(withEntries(before, at, entries)), 'f');
      expect(hashOf(entriesOf(written, at))).toBe(hashOf(entries));
      expect(entriesOf(written, at).auth).toEqual(auth);
      const others = (all: typeof before) =>
        ['b', HOST, 'toString'].filter((one) => one !== at).map((one) => entriesOf(all, one));
      expect(others(written)).toEqual(others(before));
      expect(withEntries(written, at, entriesOf(before, at))).toEqual(before);
    }),
  );
});
