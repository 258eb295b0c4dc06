import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folder, inOwnFolders, mistakes, read } from '../../../test/support/read-test-inputs.js';
import type { Entry, Inputs } from '../../base/declare/input.js';

inOwnFolders();

describe('values', () => {
  test('come from flags, then variables, then the file, then the defaults, and it is known from where', async () => {
    const { values, origins } = await read({
      file: 'deploy:\n  service: file\n  wait: none\n  timeout: 1m\nbuild:\n  app: web\n',
      argv: ['--service', 'flag'],
      env: { LADING_SERVICE: 'variable', LADING_WAIT: 'deployed' },
    });
    expect(values).toMatchObject({ service: 'flag', wait: 'deployed', timeout: 60_000, tag: undefined, services: [] });
    expect(['service', 'wait', 'timeout', 'label', 'services', 'tag'].map((name) => origins.of(name))).toEqual([
      'flag',
      'variable',
      'file',
      'absent',
      'default',
      'absent',
    ]);
    expect(['service', 'wait', 'timeout', 'label'].map((name) => origins.where(name))).toEqual([
      '--service',
      'LADING_WAIT',
      'lading.yml:4:12',
      '--label',
    ]);
  });

  test('that are paths start at the folder of the file, and as flags at the working directory', async () => {
    const file = 'deploy: {service: s}\nbuild: {app: web}\nservices: {a: {app: ../x}}\n';
    expect((await read({ file })).values).toMatchObject({
      app: join(folder, 'web'),
      services: [{ app: join(folder, '../x') }],
    });
    const flags = await read({ file, argv: ['--app', 'web', '--services', 'a.app=y'] });
    expect(flags.values).toMatchObject({ app: join(folder, 'sub/web'), services: [{ app: join(folder, 'sub/y') }] });
    expect((await read({ file: 'deploy: {service: s}', env: { LADING_APP: 'v' } })).values).toMatchObject({
      app: join(folder, 'sub/v'),
    });
    expect((await read({ file: 'deploy: {service: s}' })).values).toMatchObject({ app: join(folder, 'sub') });
  });

  test('of entries are laid over each other, field by field', async () => {
    const { values, origins } = await read({
      file: 'deploy: {service: s}\nservices:\n  web: {cluster: a, image: i, after: [x, y], smoke: {url: u, timeout: 5s}}\n  api: {label: {k: v}}\n',
      env: { LADING_SERVICES: '{"web": {"image": "j"}, "new": {"cluster": "n"}}' },
      argv: ['--services', 'web.after=z', '--services', 'web.smoke.url=w', '--services', 'api.label=l=m'],
    });
    expect(values.services).toMatchObject([
      { name: 'web', cluster: 'a', image: 'j', after: ['z'], smoke: { url: 'w', timeout: 5000 } },
      { name: 'api', label: { l: 'm' } },
      { name: 'new', cluster: 'n' },
    ]);
    const [web] = values.services as Entry<Inputs>[];
    expect(['cluster', 'image', 'after', 'smoke.url', 'smoke.timeout'].map((field) => web?.where(field))).toEqual([
      'lading.yml:3:18',
      'LADING_SERVICES:1:19',
      '--services web.after',
      '--services web.smoke.url',
      'lading.yml:3:71',
    ]);
    expect(
      ['cluster', 'image', 'after', 'smoke.url', 'smoke.timeout', 'app'].map((field) => web?.source(field)),
    ).toEqual([...['file', 'variable', 'flag', 'flag', 'file', 'absent']]);
    expect(origins.of('services')).toBe('flag');
  });

  test('that are needed and nowhere: all places where they may stand', async () => {
    expect(await mistakes({})).toEqual([
      '--service: is missing | Give --service, LADING_SERVICE or `deploy.service` in lading.yml.',
    ]);
  });
});

describe('the file', () => {
  test('is checked as a whole: every key and value of every verb, once', async () => {
    const file = [
      'build:',
      '  ap: .',
      'other:',
      '  deep: 1',
      'deploy:',
      '  service: [{name: shop}]',
      '  wait: nome',
      'push: shop',
      'rotate: {to: {a: b}, max-age: 5, max-ag: 5m}',
      'services: {web: {clutser: a, cluster: b, cluster: c, image: *none}}',
      'x-mine: {anything: [1]}',
    ].join('\n');
    expect(await mistakes({ file, argv: ['--wait', 'later', '--srvice', 'x'] })).toEqual([
      '--srvice: is not a flag of this verb | Did you mean --service?',
      'lading.yml:2:3: "build.ap" is not a key | Did you mean build.app?',
      'lading.yml:3:1: "other" is not a key',
      'lading.yml:6:12: takes one value, not a list',
      'lading.yml:7:9: is one of deployed, none, not "nome" | Did you mean none?',
      'lading.yml:8:7: `push` takes keys, not a text',
      'lading.yml:9:14: takes a list, not a map',
      'lading.yml:9:31: is a duration, not "5" | Write it as 90s, 15m or 1h30m.',
      'lading.yml:9:34: "rotate.max-ag" is not a key | Did you mean rotate.max-age?',
      'lading.yml:10:18: "web.clutser" is not a key | Did you mean cluster?',
      'lading.yml:10:42: "cluster" stands here twice, first in line 10',
      'lading.yml:10:61: there is no &none before it',
      '--wait: is one of deployed, none, not "later"',
    ]);
  });

  test('loads the other verbs only when it has keys of theirs', async () => {
    const wholeShape = () => Promise.reject(new Error('loaded'));
    await read({ file: 'deploy: {service: s}\nregion:  r\nx-a: 1\nbuild:\n', more: { wholeShape } });
    await expect(read({ file: 'rotate: {to: a}\ndeploy: {service: s}', more: { wholeShape } })).rejects.toThrow(
      'loaded',
    );
  });

  test('that cannot be read is told, and not what may stand in it', async () => {
    expect(await mistakes({ file: 'deploy: [', argv: ['--wait', 'later'], environment: 'staging' })).toEqual([
      expect.stringMatching(/^lading\.yml:1:10: /),
      '--wait: is one of deployed, none, not "later"',
    ]);
  });

  test('with very many mistakes tells fifty', async () => {
    const file = Array.from({ length: 15_000 }, (_, at) => `k${at}: 1`).join('\n');
    const told = await mistakes({ file, argv: ['--service', 's'] });
    expect(told).toHaveLength(51);
    expect(told.at(-1)).toBe('lading.yml: and 14950 more mistakes');
  });

  test('may be built from anchors', async () => {
    const { values } = await read({
      file: 'deploy: {service: s}\nx-all: &all {cluster: production, image: web}\nservices:\n  web: *all\n  worker: {<<: *all, after: [web]}\n',
    });
    expect(values.services).toMatchObject([
      { name: 'web', cluster: 'production', image: 'web', after: undefined },
      { name: 'worker', cluster: 'production', image: 'web', after: ['web'] },
    ]);
  });

  test('an alias bomb under a key that is known ends at once', async () => {
    const levels = Array.from(
      { length: 25 },
      (_, at) => `x-${at + 1}: &a${at + 1} {a: *a${at}, b: *a${at}, c: *a${at}}`,
    );
    const bomb = `x-0: &a0 {z: 1}\n${levels.join('\n')}\nbuild: {label: *a25}\nservices: {web: *a25}\nregion: *a25\n`;
    const started = performance.now();
    const told = await mistakes({ file: `${bomb}environments: {e: {x: *a25, services: *a25}}\n`, environment: 'e' });
    expect(told.length).toBeLessThan(60);
    expect(performance.now() - started).toBeLessThan(3000);
  });
});
