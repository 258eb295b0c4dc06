import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folder, mistakes, planShip } from '../../test/support/ask-release.js';

const example = `region: eu-central-1
images:
  web: { app: apps/web, to: 123456789012.dkr.ecr.eu-central-1.amazonaws.com/web }
tasks:
  migrate: { image: web, command: [node, migrate.js], before: [web, worker] }
services:
  web:    { image: web, cluster: production, smoke: { url: https://shop.example.com/api/health } }
  worker: { image: web, cluster: production, after: [web] }
environments:
  staging:    { region: eu-west-1, services: { web: { cluster: staging }, worker: { cluster: staging } } }
`;

describe('the long form', () => {
  test('is a release: images, tasks and services in their order', async () => {
    const { images, tasks, services } = await planShip({ file: example });
    expect(images).toMatchObject([
      {
        name: 'web',
        values: { app: join(folder, 'apps/web'), builder: 'auto', platform: [{ os: 'linux', architecture: 'amd64' }] },
        to: { host: '123456789012.dkr.ecr.eu-central-1.amazonaws.com', repository: 'web' },
        tags: [],
        place: 'image',
      },
    ]);
    expect(tasks).toMatchObject([
      {
        name: 'migrate',
        command: ['node', 'migrate.js'],
        images: [{ from: 'release', image: 'web' }],
        like: { name: 'web', service: 'web', cluster: 'production' },
        cluster: 'production',
        before: ['web', 'worker'],
        after: [],
        timeoutMs: 900_000,
      },
    ]);
    expect(services).toMatchObject([
      {
        name: 'web',
        service: 'web',
        cluster: 'production',
        region: 'eu-central-1',
        images: [{ from: 'release', image: 'web' }],
        smoke: { url: 'https://shop.example.com/api/health', status: 200, timeoutMs: 60_000, onFailure: 'leave' },
        wait: 'deployed',
        timeoutMs: 900_000,
      },
      { name: 'worker', cluster: 'production', after: ['web'], smoke: undefined },
    ]);
    expect(services[0]?.where('cluster')).toBe('lading.yml:7:34');
    expect(services[0]?.where()).toBe('lading.yml:7:3');
    expect(services[1]?.where('smoke.url')).toBe('lading.yml:8:3');
  });

  test('with an environment laid over it', async () => {
    const { services, tasks } = await planShip({ file: example, argv: ['--environment', 'staging'] });
    expect(services).toMatchObject([
      { name: 'web', cluster: 'staging', region: 'eu-west-1', smoke: { status: 200 } },
      { name: 'worker', cluster: 'staging', region: 'eu-west-1', after: ['web'] },
    ]);
    expect(tasks[0]?.like).toMatchObject({ cluster: 'staging', region: 'eu-west-1' });
  });

  test.each<[string, string, string, string[]]>([
    [
      'an unknown image',
      'image: web, cluster: production, after',
      'image: wbe, cluster: production, after',
      ['lading.yml:8:20: there is no image "wbe" | Did you mean web?'],
    ],
    [
      'an unknown service after it',
      'after: [web]',
      'after: [wb]',
      ['lading.yml:8:53: there is no service "wb" | Did you mean web?'],
    ],
    ['itself', 'after: [web]', 'after: [worker, web]', ['lading.yml:8:53: `worker` comes after itself']],
    [
      'a circle',
      'smoke: {',
      'after: [worker], smoke: {',
      ['lading.yml:7:53: `after` goes round: web after worker after web | Take one of them away.'],
    ],
    [
      'an unknown service before it',
      'before: [web, worker]',
      'before: [web, api]',
      ['lading.yml:5:63: there is no service "api" | There are web, worker.'],
    ],
    [
      'an unknown service after it',
      'before: [web, worker]',
      'after: [wbe]',
      ['lading.yml:5:62: there is no service "wbe" | Did you mean web?'],
    ],
    [
      'a task before and after the same',
      'before: [web, worker]',
      'before: [web], after: [web]',
      ['lading.yml:5:77: it is to run before and after `web` | Take one of them away.'],
    ],
    [
      'a circle over a task',
      'before: [web, worker]',
      'before: [web], after: [worker]',
      ['lading.yml:7:3: `after` goes round: web after worker after web | Take one of them away.'],
    ],
    [
      'an unknown service like it',
      'before: [web',
      'like: webb, before: [web',
      ['lading.yml:5:61: there is no service "webb" | Did you mean web?'],
    ],
    [
      'a command that is a text',
      'command: [node, migrate.js]',
      'command: node migrate.js',
      ['lading.yml:5:35: is one word with spaces in it | Write a list: [node, migrate.js].'],
    ],
    [
      'an image that goes nowhere',
      ', to: 123456789012.dkr.ecr.eu-central-1.amazonaws.com/web',
      '',
      ['lading.yml:3:3: images.web.to is missing | Say which repository it goes to.'],
    ],
    [
      'an app beside images',
      'images:',
      'build: { app: . }\nimages:',
      ['lading.yml:2:15: `build.app` names one thing, and `images` stands beside it | Write it as images.web.app.'],
    ],
    [
      'a service beside services',
      'services:',
      'deploy: { service: shop, container: web }\nservices:',
      [
        'lading.yml:6:20: `deploy.service` names one thing, and `services` stands beside it | Write it as services.web.service.',
        'lading.yml:6:37: `deploy.container` names one thing, and `services` stands beside it | Write it as services.web.container.',
      ],
    ],
    ['no address', 'url: https://shop.example.com/api/health', 'status: 204', ['lading.yml:7:53: url is missing']],
    ['an unknown key', 'app: apps/web', 'ap: apps/web', ['lading.yml:3:10: "web.ap" is not a key | Did you mean app?']],
    [
      'a wrong reference',
      'image: web, cluster: production, smoke',
      'image: web:a:b, cluster: production, smoke',
      ['lading.yml:7:20: not a repository name in "web:a:b" | Write it as registry/name:tag.'],
    ],
    [
      'an unknown environment key',
      'region: eu-west-1',
      'regoin: eu-west-1',
      ['lading.yml:10:17: "regoin" is not a key of environments.staging | Did you mean region?'],
    ],
    [
      'a wrong shape',
      'cluster: production, smoke',
      'cluster: [{name: production}], smoke',
      ['lading.yml:7:34: takes one value, not a list'],
    ],
  ])('tells %s', async (_name, from, to, expected) => {
    expect(example).toContain(from);
    expect(await mistakes(planShip({ file: example.replace(from, to) }))).toEqual(expected);
  });

  test('tells all mistakes at once', async () => {
    const file = `images: { a: { app: a }, b: { to: r/b } }
tasks: { t: { command: [x], before: [] } }
services: { x: { after: [y, z] }, y: { after: [x], image: c }, w: {} }
`;
    expect(await mistakes(planShip({ file }))).toEqual([
      'lading.yml:1:11: images.a.to is missing | Say which repository it goes to.',
      'lading.yml:2:10: tasks.t.like is missing | Name the service whose network and task definition it takes.',
      'lading.yml:3:13: does not say which image | There are a, b.',
      'lading.yml:3:25: there is no service "z" | There are x, y, w.',
      'lading.yml:3:25: `after` goes round: x after y after x | Take one of them away.',
      'lading.yml:3:59: there is no image "c" | There are a, b; an image of a registry has a tag or a host.',
      'lading.yml:3:64: does not say which image | There are a, b.',
    ]);
  });
});
