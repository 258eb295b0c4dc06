import { expect, test } from 'vitest';
import { proxyFor } from './proxy.js';

const env = { https_proxy: 'http://p:3128', HTTP_PROXY: 'q:8080' };

test.each([
  ['https://a.example/', '', 'http://p:3128'],
  ['http://a.example/', '', 'http://q:8080'],
  ['https://a.example/', '*', undefined],
  ['https://a.example/', 'a.example', undefined],
  ['https://b.a.example/', 'a.example', undefined],
  ['https://b.a.example/', '.a.example', undefined],
  ['https://b.a.example/', 'x.example, *.A.example', undefined],
  ['https://ba.example/', 'a.example', 'http://p:3128'],
  ['https://a.example/', 'a.example:443', undefined],
  ['https://a.example/', 'a.example:8443', 'http://p:3128'],
  ['https://a.example:8443/', 'a.example:8443', undefined],
])('%s with NO_PROXY=%j goes by %s', (url, exempt, proxy) => {
  expect(proxyFor(new URL(url), { ...env, NO_PROXY: exempt })).toBe(proxy);
});

test('without variables there is no proxy', () => {
  expect(proxyFor(new URL('https://a.example/'), {})).toBeUndefined();
});
