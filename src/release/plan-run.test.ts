import { describe, expect, test } from 'vitest';
import type { Asked } from '../../test/support/ask-release.js';
import { ask, mistakes } from '../../test/support/ask-release.js';
import { run } from '../commands/run.js';
import type { RunValues } from './plan-run.js';
import { planRuns } from './plan-run.js';

const file = `region: eu-central-1
images: { web: { app: ., to: r.io/web, tag: [v1] } }
tasks:
  migrate: { command: [node, migrate.js], before: [web], timeout: 1h, env: ["main:A=1"] }
  seed: { command: [node, seed.js], before: [], like: worker, on-cancel: leave }
  warm: { command: [node, warm.js], after: [worker] }
services:
  web: { image: web, cluster: production }
  worker: { image: web, cluster: jobs, service: shop-worker }
`;

async function plan(asked: Asked) {
  const { values, origins } = await ask(run, asked);
  return planRuns(values as unknown as RunValues, origins);
}

describe('tasks that are named', () => {
  test('are what stands in the file, in its order, also those that no release runs', async () => {
    const tasks = await plan({ file, argv: ['--task', 'warm', '--task', 'seed', '--task', 'migrate'] });
    expect(tasks).toMatchObject([
      { name: 'migrate', command: ['node', 'migrate.js'], like: { service: 'web' }, cluster: 'production' },
      { name: 'seed', like: { service: 'shop-worker' }, cluster: 'jobs', timeoutMs: 900_000, onCancel: 'leave' },
      { name: 'warm', like: { service: 'shop-worker' }, cluster: 'jobs', onCancel: 'stop' },
    ]);
    expect(tasks[0]).toMatchObject({
      timeoutMs: 3_600_000,
      env: [{ container: 'main', name: 'A', value: '1' }],
    });
  });

  test('with flags over it', async () => {
    const argv = ['--task', 'migrate', '--command', 'sh', '--timeout', '5m', '--env', 'main:B=2', '--cluster', 'other'];
    expect(await plan({ file, argv })).toMatchObject([
      { command: ['sh'], timeoutMs: 300_000, env: [{ name: 'B', value: '2' }], cluster: 'other' },
    ]);
  });

  test.each([
    [['--task', 'migrat'], ['--task: there is no task "migrat" | Did you mean migrate?']],
    [
      ['--task', 'migrate', '--task', 'seed', '--command', 'x', '--client-token', 't'],
      [
        '--command: names one thing, and there are migrate, seed | Run one at a time, or write --tasks migrate.command=VALUE.',
        '--client-token: names one thing, and there are migrate, seed | Run one at a time.',
      ],
    ],
    [
      ['--task', 'migrate', '--command', 'node x.js'],
      ['--command: is one word with spaces in it | Give each word for itself: --command node --command x.js.'],
    ],
  ])('%j is a mistake', async (argv, expected) => {
    expect(await mistakes(plan({ file, argv }))).toEqual(expected);
  });

  test('are told as missing without anything else', async () => {
    expect(await mistakes(plan({ argv: ['--task', 'x'] }))).toEqual(['--task: there is no task "x"']);
  });
});

describe('a task that is written nowhere', () => {
  test('is of a service', async () => {
    expect(await plan({ argv: ['--service', 'shop', '--command', 'sh'] })).toMatchObject([
      { name: 'shop', like: { service: 'shop', cluster: 'default' }, command: ['sh'], images: [], onCancel: 'stop' },
    ]);
  });

  test('or of a file alone', async () => {
    const [task] = await plan({ argv: ['--task-definition', 'job.json', '--cluster', 'jobs'] });
    expect(task).toMatchObject({ name: 'task', like: undefined, cluster: 'jobs' });
    expect(task?.definition.file).toMatch(/job\.json$/);
  });

  test('of one of several services', async () => {
    expect(await mistakes(plan({ file }))).toEqual([
      '--only: it is not said which one: there are web, worker | Choose one, as --only web.',
    ]);
    expect(await plan({ file, argv: ['--only', 'worker'] })).toMatchObject([{ like: { service: 'shop-worker' } }]);
  });

  test('of nothing is a mistake', async () => {
    expect(await mistakes(plan({}))).toEqual([
      '--service: is missing: it is not said what to run | Name a service with --service, a file with --task-definition, or a task of lading.yml with --task.',
    ]);
  });
});
