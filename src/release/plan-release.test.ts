import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { Command } from '../base/command.js';
import { InputError } from '../base/errors.js';
import type { Inputs } from '../base/input.js';
import type { Origins } from '../base/origin.js';
import { build } from '../commands/build.js';
import { deploy } from '../commands/deploy.js';
import { push } from '../commands/push.js';
import { rollback } from '../commands/rollback.js';
import { ship } from '../commands/ship.js';
import { parseArguments } from '../entry/inputs/arguments.js';
import { wholeShape } from '../entry/inputs/file/whole-shape.js';
import { readInputs } from '../entry/inputs/read-inputs.js';
import { formatReference } from '../oci/reference.js';
import type { ImageValues, PlaceValues, ReleaseValues, TargetValues } from './plan-release.js';
import { planImageRelease, planRelease, planServices, planTargets } from './plan-release.js';
import type { ImageFields, Release } from './release.js';

const folder = mkdtempSync(join(tmpdir(), 'lading-release-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Asked {
  readonly file?: string;
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

async function ask(command: unknown, { file = '', argv = [], env = {} }: Asked) {
  writeFileSync(join(folder, 'lading.yml'), file);
  const verb = command as Command<Inputs>;
  const at = argv.indexOf('--environment');
  const environment = at < 0 ? undefined : { name: argv[at + 1] ?? '', where: '--environment' };
  const rest = at < 0 ? argv : argv.filter((_word, index) => index !== at && index !== at + 1);
  const { flags, issues } = parseArguments(rest, verb.inputs);
  const nameOf = (name: string) => `--${name}`;
  const config = join(folder, 'lading.yml');
  return readInputs({ command: verb, given: flags, issues, nameOf, env, cwd: folder, config, environment, wholeShape });
}

async function planShip(asked: Asked): Promise<Release> {
  const { values, origins } = (await ask(ship, asked)) as unknown as { values: ShipValues; origins: Origins };
  const renamed = { env: 'image-env' };
  return planRelease(values, origins, { values: { ...values, env: values.imageEnv }, renamed });
}
type ShipValues = ReleaseValues &
  Omit<ImageFields, 'env'> & { readonly imageEnv: ImageFields['env']; readonly env: never };

async function planDeploy(asked: Asked): Promise<Release> {
  const { values, origins } = await ask(deploy, asked);
  return planRelease(values as unknown as ReleaseValues, origins);
}

async function mistakes(work: Promise<unknown>): Promise<string[]> {
  const error = await work.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(InputError);
  return (error as InputError).issues.map(({ where, message, hint }) =>
    [`${where.replace(`${folder}/`, '')}: ${message}`, hint].filter(Boolean).join(' | '),
  );
}

/** As it is compared: without places, references as text. */
function plain(release: Release): unknown {
  return JSON.parse(
    JSON.stringify(release, (key, value: unknown) =>
      key === 'to' || key === 'reference' ? value && formatReference(value as never) : value,
    ),
  );
}

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
        smoke: { url: 'https://shop.example.com/api/health', status: 200, timeoutMs: 60_000 },
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
});

describe('the short form', () => {
  test('is one image and one service, called after the service', async () => {
    const file =
      'push: { to: r.io/shop }\ndeploy: { cluster: sea, service: "arn:aws:ecs:eu-central-1:1:service/sea/shop" }\n';
    const { images, tasks, services } = await planShip({ file, argv: ['--image-env', 'A=b', '--env', 'web:C=d'] });
    expect(images).toMatchObject([{ name: 'shop', values: { app: folder, imageEnv: { A: 'b' } }, place: 'image' }]);
    expect(tasks).toEqual([]);
    expect(services).toMatchObject([
      {
        name: 'shop',
        service: 'arn:aws:ecs:eu-central-1:1:service/sea/shop',
        images: [{ from: 'release', image: 'shop', container: undefined }],
        env: [{ container: 'web', name: 'C', value: 'd' }],
      },
    ]);
    expect(services[0]?.where()).toBe('lading.yml:2:34');
    expect(services[0]?.where('cluster')).toBe('lading.yml:2:20');
  });

  test('says what is missing', async () => {
    expect(await mistakes(planShip({}))).toEqual([
      '--service: is missing | Give --service, LADING_SERVICE or `deploy.service` in lading.yml.',
      '--to: is missing | Give --to, LADING_TO or `push.to` in lading.yml.',
    ]);
    expect(await mistakes(planShip({ argv: ['--service', 'shop', '--to', 'r/x', '--only', 'shp'] }))).toEqual([
      '--only: there is no service "shp" | Did you mean shop?',
    ]);
  });

  const word = fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/);
  const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
  const builds = fc.record({
    app: maybe(word),
    builder: maybe(fc.constantFrom('auto', 'next', 'node')),
    base: maybe(word.map((name) => `${name}:1`)),
    platform: maybe(fc.constantFrom(['linux/amd64'], ['linux/arm64', 'linux/amd64'])),
    label: maybe(fc.dictionary(word, word, { maxKeys: 2 })),
    env: maybe(fc.dictionary(word, word, { maxKeys: 2 })),
    user: maybe(word),
    entrypoint: maybe(fc.array(word, { minLength: 1, maxLength: 3 })),
    compression: maybe(fc.constantFrom('gzip', 'zstd')),
    include: maybe(fc.array(word, { minLength: 1, maxLength: 2 })),
    output: maybe(word),
    'cache-from': maybe(word),
  });
  const pushes = fc.record({
    to: word.map((name) => `r.io/${name}`),
    tag: maybe(fc.array(word, { minLength: 1, maxLength: 2 })),
  });
  const deploys = fc.record({
    cluster: maybe(word),
    container: maybe(word),
    'task-definition': maybe(word),
    env: maybe(
      fc.array(
        word.map((name) => `web:${name}=x`),
        { minLength: 1, maxLength: 2 },
      ),
    ),
    wait: maybe(fc.constantFrom('deployed', 'stable', 'drained', 'none')),
    'if-unchanged': maybe(fc.constantFrom('attach', 'redeploy', 'report')),
    'fail-fast': maybe(fc.boolean()),
    timeout: maybe(fc.integer({ min: 1, max: 90 }).map((minutes) => `${minutes}m`)),
  });
  const flags = fc.subarray([
    ...[
      ['--cluster', 'flagged'],
      ['--timeout', '7m'],
      ['--app', 'flagged'],
      ['--to', 'r.io/flagged'],
      ['--tag', 'flagged'],
    ],
    ...[
      ['--container', 'flagged'],
      ['--env', 'web:F=1'],
      ['--desired-count', '3'],
      ['--label', 'f=1'],
      ['--region', 'flagged'],
    ],
  ]);

  test('is the same release as its long form', async () => {
    await fc.assert(
      fc.asyncProperty(
        builds,
        pushes,
        deploys,
        word,
        maybe(word),
        flags,
        async (build_, push_, deploy_, service, region, argv) => {
          const given = argv.flat();
          const short = { region, build: build_, push: push_, deploy: { ...deploy_, service } };
          const long = {
            region,
            images: { [service]: { ...build_, ...push_ } },
            services: { [service]: { ...deploy_, image: service } },
          };
          const [one, other] = [
            await planShip({ file: JSON.stringify(short), argv: given }),
            await planShip({ file: JSON.stringify(long), argv: given }),
          ];
          expect(plain(other)).toEqual(plain(one));
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('a verb that makes no images', () => {
  const file = `images: { web: { to: r.io/web:v1 }, api: { to: r.io/api, tag: [v2, v3] }, bare: { to: r.io/bare } }
services: { web: { image: web }, api: { image: x=api }, side: { image: [web, proxy=r.io/proxy:1] }, bare: { image: bare } }
`;
  const text = ({ services }: Release) =>
    services.map(({ images }) =>
      images.map((use) => `${use.container ?? ''}=${use.from === 'registry' ? use.text : use.image}`),
    );

  test('takes the tags that they are pushed to', async () => {
    const argv = ['web', 'api', 'side'].flatMap((name) => ['--only', name]);
    const release = await planDeploy({ file, argv }).catch(() => undefined);
    expect(release && text(release)).toEqual([
      ['=r.io/web:v1'],
      ['x=r.io/api:v2'],
      ['=r.io/web:v1', 'proxy=r.io/proxy:1'],
    ]);
    expect(release?.images).toEqual([]);
  });

  test('and says so when there is none', async () => {
    expect(await mistakes(planDeploy({ file, argv: ['--only', 'bare'] }))).toEqual([
      'lading.yml:2:116: images.bare has no repository with a tag: it is not known which image is meant | Give the one that was pushed with --image, or write a tag to images.NAME.to.',
    ]);
    expect(
      text(await planDeploy({ file, argv: ['--only', 'bare', '--image', 'r.io/bare@sha256:' + 'a'.repeat(64)] })),
    ).toEqual([[`=r.io/bare@sha256:${'a'.repeat(64)}`]]);
    expect(text(await planDeploy({ file, argv: ['--only', 'bare', '--force-new-deployment'] }))).toEqual([[]]);
  });

  test('in the short form takes --image, as it is written', async () => {
    const release = await planDeploy({
      argv: ['--service', 'shop', '--image', 'web=shop:v1', '--image', 'log=r.io/log:2'],
    });
    expect(text(release)).toEqual([['web=shop:v1', 'log=r.io/log:2']]);
    expect(text(await planDeploy({ argv: ['--service', 'shop'] }))).toEqual([[]]);
  });
});

describe('verbs of a part', () => {
  const file = `push: { tag: [t] }
deploy: { timeout: 3m }
images: { web: { app: w, to: r.io/web, output: out }, api: { to: r.io/api } }
services: { web: { cluster: sea, timeout: 1m }, api: { service: api-2, after: [web] } }
`;

  test('services: where they are', async () => {
    const { values, origins } = await ask(rollback, { file, argv: ['--region', 'r'] });
    expect(planServices(values as unknown as PlaceValues, origins)).toMatchObject([
      { name: 'web', service: 'web', cluster: 'sea', region: 'r', timeoutMs: 60_000 },
      { name: 'api', service: 'api-2', cluster: 'default', timeoutMs: 180_000 },
    ]);
    const one = await ask(rollback, { file, argv: ['--only', 'web', '--timeout', '9m', '--service', 's'] });
    expect(planServices(one.values as unknown as PlaceValues, one.origins)).toMatchObject([
      { name: 'web', service: 's', timeoutMs: 540_000 },
    ]);
    const wrong = await ask(rollback, { file, argv: ['--service', 's'] });
    expect(() => planServices(wrong.values as unknown as PlaceValues, wrong.origins)).toThrow(
      /--service: names one thing/,
    );
  });

  test('images: what they are made of, and where they go', async () => {
    const made = await ask(build, { file, argv: ['--only', 'web', '--builder', 'node'] });
    expect(planImageRelease(made.values as unknown as ImageValues, made.origins)).toMatchObject([
      { name: 'web', values: { app: join(folder, 'w'), builder: 'node' }, output: join(folder, 'out') },
    ]);
    const sent = await ask(push, { file });
    expect(planTargets(sent.values as unknown as TargetValues, sent.origins)).toMatchObject([
      { name: 'web', to: { repository: 'web' }, tags: ['t'], output: join(folder, 'out'), place: 'images/web' },
      { name: 'api', to: { repository: 'api' }, tags: ['t'], place: 'images/api' },
    ]);
    const nowhere = await ask(push, {});
    expect(() => planTargets(nowhere.values as unknown as TargetValues, nowhere.origins)).toThrow(/--to: is missing/);
    const unknown = await ask(push, { file, argv: ['--only', 'ap'] });
    expect(() => planTargets(unknown.values as unknown as TargetValues, unknown.origins)).toThrow(
      /there is no image "ap"/,
    );
  });
});
