import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folder, mistakes, planShip } from '../../../test/support/ask-release.js';
import type { Release } from '../release.js';

describe('beside the long form', () => {
  test('takes defaults from the sections of the short form', async () => {
    const file = `build: { builder: node, label: { a: b } }
push: { tag: [v1] }
deploy: { cluster: sea, timeout: 5m, wait: stable }
images: { web: { to: r.io/web }, api: { to: r.io/api, builder: next, tag: v2 } }
services: { web: { image: web, timeout: 1m }, api: { image: [sidecar=web, api], region: eu-north-1, cluster: lake } }
`;
    const { images, services } = await planShip({ file, env: { LADING_WAIT: 'none' } });
    expect(images).toMatchObject([
      { name: 'web', values: { builder: 'node', label: { a: 'b' } }, tags: ['v1'], place: 'images/web' },
      { name: 'api', values: { builder: 'next', label: { a: 'b' } }, tags: ['v2'], place: 'images/api' },
    ]);
    expect(services).toMatchObject([
      { cluster: 'sea', timeoutMs: 60_000, wait: 'none', region: undefined },
      {
        cluster: 'lake',
        timeoutMs: 300_000,
        wait: 'none',
        region: 'eu-north-1',
        images: [
          { image: 'web', container: 'sidecar' },
          { image: 'api', container: undefined },
        ],
      },
    ]);
  });

  test('of services alone takes the one image of the short form', async () => {
    const file = 'push: { to: r.io/team/shop:v1 }\nservices: { web: {}, worker: { image: shop } }\n';
    const { images, services } = await planShip({ file });
    expect(images).toMatchObject([{ name: 'shop', values: { app: folder } }]);
    expect(services.map((one) => one.images)).toMatchObject([[{ image: 'shop' }], [{ image: 'shop' }]]);
  });
});

describe('flags and variables', () => {
  const one = 'images: { web: { to: r.io/web } }\nservices: { web: { cluster: sea, image: web, container: app } }\n';
  const two =
    'images: { web: { to: r.io/web }, api: { to: r.io/api } }\nservices: { web: { cluster: sea, image: web }, api: { cluster: sea, image: api } }\n';

  test('speak of the one service when there is one', async () => {
    const argv = ['--cluster', 'lake', '--service', 'shop', '--to', 'r.io/other', '--container', 'c', '--app', 'x'];
    const { images, services } = await planShip({ file: one, argv });
    expect(images).toMatchObject([{ name: 'web', to: { repository: 'other' }, values: { app: join(folder, 'x') } }]);
    expect(services).toMatchObject([
      { name: 'web', service: 'shop', cluster: 'lake', images: [{ image: 'web', container: 'c' }] },
    ]);
    const { services: bySource } = await planShip({
      file: one,
      env: { LADING_CLUSTER: 'pond', LADING_CONTAINER: 'v' },
      argv: ['--services', 'web.cluster=lake'],
    });
    expect(bySource).toMatchObject([{ cluster: 'lake', images: [{ container: 'v' }] }]);
  });

  test('or of the one that --only names, and not of the others', async () => {
    const argv = ['--only', 'api', '--service', 'shop', '--to', 'r.io/other', '--cluster', 'lake'];
    const { images, services } = await planShip({ file: two, argv });
    expect(services).toMatchObject([{ name: 'api', service: 'shop', cluster: 'lake' }]);
    expect(images).toMatchObject([{ name: 'api', to: { repository: 'other' }, place: 'images/api' }]);
    const file = `${two}tasks: { t: { command: [x], image: api, like: web, before: [api] } }\n`;
    expect((await planShip({ file, argv })).tasks).toMatchObject([
      { like: { name: 'web', service: 'web', cluster: 'sea' } },
    ]);
  });

  test('that mean each of several are for all', async () => {
    const { services, images } = await planShip({
      file: two,
      argv: ['--cluster', 'lake', '--tag', 'v9', '--timeout', '1m'],
    });
    expect(services).toMatchObject([{ cluster: 'lake', timeoutMs: 60_000 }, { cluster: 'lake' }]);
    expect(images).toMatchObject([{ tags: ['v9'] }, { tags: ['v9'] }]);
  });

  test('that name one thing beside several are mistakes that say what to do', async () => {
    const argv = ['--service', 'shop', '--to', 'r.io/x', '--container', 'c'];
    expect(await mistakes(planShip({ file: two, argv, env: { LADING_APP: 'y' } }))).toEqual([
      '--service: names one thing, and there are web, api | Choose one with --only, or write --services web.service=VALUE.',
      '--container: names one thing, and there are web, api | Choose one with --only, or write --services web.container=VALUE.',
      'LADING_APP: names one thing, and there are web, api | Choose one with --only, or write --images web.app=VALUE.',
      '--to: names one thing, and there are web, api | Choose one with --only, or write --images web.to=VALUE.',
    ]);
  });

  test('--only takes services with the images and tasks that they need, in their order', async () => {
    const file = `images: { a: { to: r/a }, b: { to: r/b }, c: { to: r/c } }
tasks: { t: { command: [x], image: c, before: [w] }, u: { command: [x], before: [v] }, all: { command: [x], like: w } }
services: { w: { image: a, after: [u] }, v: { image: b }, u: { image: b, after: [v] } }
`;
    const names = ({ images, tasks, services }: Release) =>
      [images, tasks, services].map((list) => list.map(({ name }) => name));
    expect(names(await planShip({ file }))).toEqual([
      ['a', 'b', 'c'],
      ['t', 'u', 'all'],
      ['v', 'u', 'w'],
    ]);
    expect(names(await planShip({ file, argv: ['--only', 'w'] }))).toEqual([['a', 'c'], ['t', 'all'], ['w']]);
    expect(names(await planShip({ file, argv: ['--only', 'u', '--only', 'v'] }))).toEqual([
      ['a', 'b'],
      ['u', 'all'],
      ['v', 'u'],
    ]);
    expect(await mistakes(planShip({ file, argv: ['--only', 'x', '--only', 'worker'] }))).toEqual([
      '--only: there is no service "x" | There are w, v, u.',
      '--only: there is no service "worker" | There are w, v, u.',
    ]);
    expect(await mistakes(planShip({ file: one, argv: ['--only', 'wbe'] }))).toEqual([
      '--only: there is no service "wbe" | Did you mean web?',
    ]);
  });

  test('a task that comes after services pulls those before it that wait for it behind them', async () => {
    const file = `images: { a: { to: r/a } }
tasks:
  warm: { command: [x], after: [w, v] }
  between: { command: [x], after: [v], before: [w] }
  alone: { command: [x], before: [], like: v }
services: { w: { image: a }, v: { image: a }, u: { image: a } }
`;
    const named = async (argv: readonly string[] = []) => {
      const { tasks, services } = await planShip({ file, argv });
      return [tasks, services].map((list) => list.map(({ name }) => name));
    };
    expect(await named()).toEqual([
      ['warm', 'between'],
      ['v', 'w', 'u'],
    ]);
    expect(await named(['--only', 'v'])).toEqual([['warm', 'between'], ['v']]);
    expect(await named(['--only', 'u'])).toEqual([[], ['u']]);
    const { tasks } = await planShip({ file });
    expect(tasks.map(({ before, after, like }) => [before, after, like?.name])).toEqual([
      [[], ['w', 'v'], 'w'],
      [['w'], ['v'], 'w'],
    ]);
  });
});
