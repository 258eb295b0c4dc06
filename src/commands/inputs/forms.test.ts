import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Form } from '../../base/declare/input.js';
import { imageChoiceForm, variableForm } from './container-forms.js';
import { baseForm, containerImageForm, platformForm, referenceForm, secretForm, sizeForm, tagForm } from './forms.js';

const word = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
const tag = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/);
const digest = fc.stringMatching(/^[0-9a-f]{64}$/).map((hex) => `sha256:${hex}`);
const repository = fc
  .tuple(fc.constantFrom('', 'localhost/', 'r.io/', '127.0.0.1:5000/'), word)
  .map((parts) => parts.join(''));
const reference = fc
  .tuple(repository, fc.option(tag, { nil: undefined }), fc.option(digest, { nil: undefined }))
  .map(([name, one, other]) => `${name}${one === undefined ? '' : `:${one}`}${other === undefined ? '' : `@${other}`}`);
const inContainer = (text: fc.Arbitrary<string>) =>
  fc.oneof(
    text,
    fc.tuple(word, text).map(([name, of]) => `${name}=${of}`),
  );

test.each<[string, Form<never>, fc.Arbitrary<string>]>([
  ['a reference', referenceForm as unknown as Form<never>, reference],
  ['a tag', tagForm as unknown as Form<never>, tag],
  [
    'a base image',
    baseForm as unknown as Form<never>,
    fc.oneof(
      reference,
      word.map((name) => `oci:${name}:${name}`),
    ),
  ],
  [
    'a platform',
    platformForm as unknown as Form<never>,
    fc.constantFrom('linux/amd64', 'linux/arm64', 'linux/arm/v7', 'windows/amd64'),
  ],
  [
    'a variable of a container',
    variableForm as unknown as Form<never>,
    fc.tuple(word, word, fc.string()).map(([container, name, value]) => `${container}:${name}=${value}`),
  ],
  ['an image of a container', containerImageForm as unknown as Form<never>, inContainer(reference)],
  ['an image by name', imageChoiceForm as unknown as Form<never>, inContainer(word)],
  [
    'a secret',
    secretForm as unknown as Form<never>,
    fc
      .tuple(word, fc.constantFrom('', ',env=', ',src=', ',type=file,source=sub/', ',type=env,src='), word)
      .map(([id, from, name]) => (from === '' ? `id=${id}` : `id=${id}${from}${name}`)),
  ],
  ['a size', sizeForm as unknown as Form<never>, fc.constantFrom('1', '500MB', '2GB', '1.5 g', '20k')],
])('%s comes back from its text as the same value', (_name, form, texts) => {
  fc.assert(
    fc.property(texts, (text) => {
      const value = form.parse(text, '/folder');
      expect(form.parse(form.format(value), '/elsewhere')).toEqual(value);
    }),
  );
});

test('a layout starts at the folder of its text', () => {
  expect(baseForm.parse('oci:out/base:22', '/repository')).toBe('oci:/repository/out/base:22');
  expect(baseForm.parse('oci:/out', '/repository')).toBe('oci:/out');
  expect(() => baseForm.parse('Node:22', '/')).toThrow('not a repository name');
});

test.each([
  ['id=a', { id: 'a', from: 'variable', name: 'a' }],
  ['id=a,env=TOKEN', { id: 'a', from: 'variable', name: 'TOKEN' }],
  ['type=env,id=a,src=TOKEN', { id: 'a', from: 'variable', name: 'TOKEN' }],
  ['id=a,src=keys/one', { id: 'a', from: 'file', path: '/repository/keys/one' }],
])('the secret %s', (text, secret) => {
  expect(secretForm.parse(text, '/repository')).toEqual(secret);
});

test.each([
  ['', 'no list'],
  ['sesame-open', 'no list'],
  ['id=', 'no list'],
  ['id=a,value=sesame-open', 'no list'],
  ['env=sesame-open', 'no id'],
  ['id=a/b,env=sesame-open', 'no id'],
  ['id=a,id=b', 'no list'],
  ['id=a,env=B,src=sesame-open', 'both'],
])('the secret %j is refused without showing what may be its value', (text, words) => {
  const refused = expect(() => secretForm.parse(text, '/'));
  refused.toThrow(words);
  expect(() => secretForm.parse(text, '/')).not.toThrow('sesame');
});

test.each([
  ['500MB', 500e6],
  ['2GB', 2e9],
  ['1.5g', 1.5e9],
  ['7', 7],
])('the size %s', (text, bytes) => {
  expect(sizeForm.parse(text, '/')).toBe(bytes);
});

test.each(['', 'much', '0', '-1', '1TB', '2GiB', 'NaN', '1e3'])('the size %j is none', (text) => {
  expect(() => sizeForm.parse(text, '/')).toThrow('is no size');
});
