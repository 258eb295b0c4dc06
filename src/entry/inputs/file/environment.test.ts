import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Entry, Inputs } from '../../../base/declare/input.js';
import { folder, inOwnFolders, mistakes, read } from '../../../../test/support/read-test-inputs.js';

inOwnFolders();

describe('an environment', () => {
  const file = [
    'region: eu-central-1',
    'deploy: {service: shop, wait: none, timeout: 5m}',
    'build: {label: {a: "1", b: "2"}}',
    'push: {tag: [x, y]}',
    'services:',
    '  web: {cluster: production, after: [api], smoke: {url: u, timeout: 5s}}',
    '  api: {cluster: production}',
    'environments:',
    '  staging:',
    '    region: eu-west-1',
    '    deploy: {service: shop-staging}',
    '    build: {label: {b: "3", c: "4"}}',
    '    push: {tag: [z]}',
    '    services: {web: {cluster: staging, smoke: {url: s}}, new: {cluster: staging}}',
    '  empty:',
  ].join('\n');

  test('is laid over the rest, key by key; lists and texts replace', async () => {
    const { values, origins } = await read({ file, environment: 'staging' });
    expect(values).toMatchObject({
      region: 'eu-west-1',
      service: 'shop-staging',
      wait: 'none',
      timeout: 300_000,
      label: { a: '1', b: '3', c: '4' },
      tag: ['z'],
      services: [
        { name: 'web', cluster: 'staging', after: ['api'], smoke: { url: 's', timeout: 5000 } },
        { name: 'api', cluster: 'production' },
        { name: 'new', cluster: 'staging' },
      ],
    });
    expect([origins.of('region'), origins.where('region'), origins.where('wait')]).toEqual([
      'file',
      'lading.yml:10:13',
      'lading.yml:2:31',
    ]);
    const [web] = values.services as Entry<Inputs>[];
    expect([web?.where('cluster'), web?.where('after'), web?.where('smoke.timeout')]).toEqual([
      'lading.yml:14:31',
      'lading.yml:6:37',
      'lading.yml:6:69',
    ]);
    expect((await read({ file, environment: 'empty' })).values).toMatchObject({ region: 'eu-central-1' });
    expect((await read({ file, environment: 'staging', argv: ['--region', 'r'] })).values).toMatchObject({
      region: 'r',
    });
  });

  test('that is unknown is told with those that there are', async () => {
    expect(await mistakes({ file, environment: 'stagin' })).toEqual([
      '--environment: lading.yml has no environment "stagin" | Did you mean staging?',
    ]);
    expect(await mistakes({ file, environment: 'production' })).toEqual([
      '--environment: lading.yml has no environment "production" | It has staging, empty.',
    ]);
    expect(await mistakes({ file: 'deploy: {service: s}', environment: '__proto__' })).toEqual([
      '--environment: lading.yml has no environment "__proto__" | Write it under `environments:`.',
    ]);
    rmSync(join(folder, 'lading.yml'));
    expect(await mistakes({ argv: ['--service', 's'], environment: 'staging' })).toEqual([
      '--environment: there is no lading.yml that could have an environment "staging"',
    ]);
  });

  test('is checked, chosen or not', async () => {
    const wrong = [
      'deploy: {service: s}',
      'environments:',
      '  a: {regon: x, deploy: {wait: nome}, environments: {b: {}}}',
      '  b: production',
      '  c: {services: {web: {cluster: [x]}}, region: {a: b}}',
    ].join('\n');
    const told = [
      'lading.yml:3:7: "regon" is not a key of environments.a | Did you mean region?',
      'lading.yml:3:32: is one of deployed, none, not "nome" | Did you mean none?',
      'lading.yml:3:39: "environments" is not a key of environments.a',
      'lading.yml:4:6: `environments.b` takes keys, not a text',
      'lading.yml:5:33: takes one value, not a list',
      'lading.yml:5:48: takes one value, not a map',
    ];
    expect(await mistakes({ file: wrong })).toEqual(told);
    expect(await mistakes({ file: wrong, environment: 'c' })).toEqual(told);
    expect(await mistakes({ file: 'environments: [a]\ndeploy: {service: s}' })).toEqual([
      'lading.yml:1:15: takes a map: names of environments, with keys of this file',
    ]);
  });
});
