import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { folder, mistakes, planShip } from '../../../test/support/ask-release.js';
import { formatReference } from '../../oci/reference.js';
import type { Release } from '../release.js';

/** As it is compared: without places, references as text. */
function plain(release: Release): unknown {
  return JSON.parse(
    JSON.stringify(release, (key, value: unknown) =>
      key === 'to' || key === 'reference' ? value && formatReference(value as never) : value,
    ),
  );
}

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
