import { describe, expect, test } from 'vitest';
import { InputError } from '../../base/errors.js';
import { parseCustomTags, sessionTags } from './session-tags.js';

describe('tags of a session', () => {
  test('say which job of GitHub it is, and fewer when they are too large', () => {
    const env = {
      GITHUB_ACTIONS: 'true',
      GITHUB_REPOSITORY: 'acme/shop',
      GITHUB_WORKFLOW: 'a & b',
      GITHUB_RUN_ID: '1',
    };
    const { all, fewer } = sessionTags(env, [{ Key: 'Team', Value: 'x' }]);
    expect(all.map(({ Key, Value }) => `${Key}=${Value}`)).toEqual([
      ...['GitHub=Actions', 'Repository=acme/shop', 'Workflow=a _ b', 'Team=x', 'RunId=1'],
    ]);
    expect(fewer).toEqual(all.slice(0, 4));
  });

  test('are the own ones alone elsewhere', () => {
    expect(sessionTags({ GITHUB_REPOSITORY: 'acme/shop' }, [])).toEqual({ all: [], fewer: [] });
  });
});

describe('own tags', () => {
  test('are an object of scalars', () => {
    expect(parseCustomTags('{"a":"b","n":1,"t":true}')).toEqual([
      { Key: 'a', Value: 'b' },
      { Key: 'n', Value: '1' },
      { Key: 't', Value: 'true' },
    ]);
  });

  test.each([
    ['{', /no JSON$/],
    ['[]', /no JSON object/],
    ['null', /no JSON object/],
    ['{"a":{}}', /a is no text/],
    ['{"a*":"b"}', /no key of a tag/],
    [`{"a":"${'x'.repeat(257)}"}`, /none that a tag may have/],
    ['{"Repository":"x"}', /says which job this is/],
    ['{"AWS:x":"y"}', /reserved/],
    [JSON.stringify(Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`k${at}`, 'v']))), /STS takes 50/],
  ])('%s is refused', (text, message) => {
    expect(() => parseCustomTags(text)).toThrow(InputError);
    expect(() => parseCustomTags(text)).toThrow(message);
  });
});
