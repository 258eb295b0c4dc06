import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Reference } from './reference.js';
import { formatReference, parseReference, repositoryName, selectorOf } from './reference.js';

const D = `sha256:${'0123456789abcdef'.repeat(4)}` as const;
const HUB = 'registry-1.docker.io';

describe('names as people write them', () => {
  test.each([
    ['node', HUB, 'library/node', undefined, undefined],
    ['node:22-slim', HUB, 'library/node', '22-slim', undefined],
    ['acme/shop', HUB, 'acme/shop', undefined, undefined],
    ['docker.io/node', HUB, 'library/node', undefined, undefined],
    ['docker.io/library/node:22', HUB, 'library/node', '22', undefined],
    ['index.docker.io/acme/shop', HUB, 'acme/shop', undefined, undefined],
    ['localhost/app', 'localhost', 'app', undefined, undefined],
    ['localhost:5000/app:v1', 'localhost:5000', 'app', 'v1', undefined],
    ['127.0.0.1:5000/team/app', '127.0.0.1:5000', 'team/app', undefined, undefined],
    ['[::1]:5000/app:v1', '[::1]:5000', 'app', 'v1', undefined],
    ['[2001:db8::1]/app', '[2001:db8::1]', 'app', undefined, undefined],
    [`ghcr.io/a/b__c/d-e--f.g_h@${D}`, 'ghcr.io', 'a/b__c/d-e--f.g_h', undefined, D],
    [`xn--n3h.com/app:v1@${D}`, 'xn--n3h.com', 'app', 'v1', D],
    ['Registry.Example.com:443/app', 'Registry.Example.com:443', 'app', undefined, undefined],
    [
      '123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:12345e7',
      '123456789012.dkr.ecr.eu-central-1.amazonaws.com',
      'shop',
      '12345e7',
      undefined,
    ],
    [`public.ecr.aws/docker/library/node:22@${D}`, 'public.ecr.aws', 'docker/library/node', '22', D],
    ['a.b/c:_', 'a.b', 'c', '_', undefined],
    [`a.b/c:${'x'.repeat(128)}`, 'a.b', 'c', 'x'.repeat(128), undefined],
  ])('%s', (text, host, repository, tag, digest) => {
    expect(parseReference(text)).toEqual({ host, repository, tag, digest });
  });
});

describe('names that are none', () => {
  test.each([
    ['', 'not a repository name'],
    [':v1', 'not a repository name'],
    ['a.b/', 'not a repository name'],
    ['a.b//c', 'not a repository name'],
    ['a.b/c/', 'not a repository name'],
    ['a.b/-c', 'not a repository name'],
    ['a.b/c..d', 'not a repository name'],
    ['a.b/c___d', 'not a repository name'],
    ['a.b/c_-d', 'not a repository name'],
    ['a.b/ c', 'not a repository name'],
    ['a.b/Shop', 'not a repository name'],
    [`a.b/${'x'.repeat(256)}`, 'a repository name longer than 255'],
    ['a.b/c:', 'not a tag'],
    ['a.b/c:-v', 'not a tag'],
    ['a.b/c:.v', 'not a tag'],
    ['a.b/c:v+1', 'not a tag'],
    [`a.b/c:${'x'.repeat(129)}`, 'not a tag'],
    ['a.b/c@sha256:12', 'the digest is not'],
    [`a.b/c@sha512:${'0'.repeat(128)}`, 'the digest is not'],
    [`a.b/c@${D.toUpperCase()}`, 'the digest is not'],
    [`a.b/c@${D}@${D}`, 'the digest is not'],
    ['a.b/c@', 'the digest is not'],
    [':5000/c', 'not a registry host'],
    ['a.b:/c', 'not a registry host'],
    ['a.b:http/c', 'not a registry host'],
    ['a.b:70000/c', 'not a registry host'],
    ['-a.b/c', 'not a registry host'],
    ['a..b/c', 'not a registry host'],
    ['a b.c/d', 'not a registry host'],
    ['user@a.b/c', 'the digest is not'],
    ['https://a.b/c', 'not a registry host'],
  ])('%j', (text, message) => {
    expect(() => parseReference(text, '--to')).toThrowError(
      expect.objectContaining({
        kind: 'input',
        message: expect.stringContaining(`--to: ${message}`) as string,
      }) as Error,
    );
  });

  test('upper case and a scheme are told with what to do', () => {
    expect(() => parseReference('a.b/Shop')).toThrowError(
      expect.objectContaining({ hint: 'Write the repository in lower case.' }) as Error,
    );
    expect(() => parseReference('https://a.b/c')).toThrowError(
      expect.objectContaining({ hint: expect.stringContaining('without https://') as string }) as Error,
    );
  });
});

/** Grammar: https://pkg.go.dev/github.com/distribution/reference */
const alphanumeric = fc.stringMatching(/^[a-z0-9]{1,6}$/);
const component = fc
  .array(fc.tuple(fc.constantFrom('.', '_', '__', '-', '---'), alphanumeric), { maxLength: 3 })
  .chain((rest) => alphanumeric.map((first) => first + rest.map((pair) => pair.join('')).join('')));
const path = fc.array(component, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
const label = fc.stringMatching(/^[A-Za-z0-9]([A-Za-z0-9-]{0,5}[A-Za-z0-9])?$/);
const port = fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined });
const host = fc
  .tuple(
    fc.oneof(
      fc.array(label, { minLength: 2, maxLength: 4 }).map((labels) => labels.join('.')),
      fc.constant('localhost'),
      fc.ipV4(),
      fc
        .ipV6()
        .filter((address) => !address.includes('.'))
        .map((address) => `[${address}]`),
    ),
    port,
  )
  .map(([name, number]) => (number === undefined ? name : `${name}:${number}`))
  .filter((name) => !/^(index\.)?docker\.io$/.test(name) && URL.canParse(`https://${name}`));
const tag = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/);
const digest = fc.stringMatching(/^[0-9a-f]{64}$/).map((hex) => `sha256:${hex}` as const);
const reference: fc.Arbitrary<Reference> = fc.record({
  host,
  repository: path,
  tag: fc.option(tag, { nil: undefined }),
  digest: fc.option(digest, { nil: undefined }),
});

test('parse undoes format', () => {
  fc.assert(
    fc.property(reference, (value) => {
      expect(parseReference(formatReference(value))).toEqual(value);
    }),
  );
});

test('whatever is parsed can be spoken to, and is written in one way only', () => {
  const pieces = fc.array(
    fc.constantFrom('a', 'B', '0', '.', '-', '_', '/', ':', '@', '[', ']', 'localhost', '5000', D, 'sha256:', ' ', 'é'),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        pieces.map((parts) => parts.join('')),
        reference.map(formatReference),
      ),
      (text) => {
        let parsed: Reference;
        try {
          parsed = parseReference(text);
        } catch (error) {
          expect(error).toMatchObject({ kind: 'input' });
          return;
        }
        expect(new URL(`https://${parsed.host}/v2/${parsed.repository}/`).pathname).toBe(`/v2/${parsed.repository}/`);
        expect(parseReference(formatReference(parsed))).toEqual(parsed);
      },
    ),
    { numRuns: 2000 },
  );
});

test('what a manifest is asked for by', () => {
  const parts = { host: 'a.b', repository: 'c', tag: undefined, digest: undefined };
  expect(selectorOf(parts)).toBe('latest');
  expect(selectorOf({ ...parts, tag: 'v1' })).toBe('v1');
  expect(selectorOf({ ...parts, tag: 'v1', digest: D })).toBe(D);
  expect(repositoryName(parts)).toBe('a.b/c');
});
