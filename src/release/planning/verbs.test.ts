import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ask, folder, mistakes, planDeploy } from '../../../test/support/ask-release.js';
import { build } from '../../commands/build.js';
import { imageFieldNames } from '../../commands/inputs/release.js';
import { push } from '../../commands/push.js';
import { rollback } from '../../commands/rollback.js';
import type { ImageValues, PlaceValues, TargetValues } from '../plan-release.js';
import { planImageRelease, planServices, planTargets } from '../plan-release.js';
import type { Release } from '../release.js';

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
    expect(
      planImageRelease(made.values as unknown as ImageValues, made.origins, { fields: imageFieldNames }),
    ).toMatchObject([
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
