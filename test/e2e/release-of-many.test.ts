import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { VirtualClock } from '../../src/base/clock.js';
import { virtualClock } from '../../src/base/clock.js';
import { runCli } from '../../src/entry/cli.js';
import type { Bill } from '../../src/release/paper/bill.js';
import { scenarios } from '../../src/sandbox/ecs/scenario.js';
import type { Sandbox } from '../../src/sandbox/start.js';
import { startSandbox } from '../../src/sandbox/start.js';
import { writeNodeApp, writeTinyBase } from '../support/node-app.js';

let work = '';
let base = '';
let apps: Readonly<Record<'web' | 'jobs', string>>;
let clock: VirtualClock;
let sandbox: Sandbox;

/** Two images, three services in an order, and an environment that lays another cluster over them. */
const file = () => `# yaml-language-server: $schema=https://example.com/lading.schema.json
region: eu-central-1
build: { base: "oci:${base}" }
images:
  web: { app: "${apps.web}", to: "${sandbox.host}/web" }
  jobs: { app: "${apps.jobs}", to: "${sandbox.host}/jobs" }
deploy: { cluster: default, timeout: 5m }
services:
  shop: { image: web, after: [worker] }
  admin: { image: web, after: [shop] }
  worker: { image: jobs }
environments:
  staging:
    deploy: { cluster: staging }
`;

beforeEach(async () => {
  work = mkdtempSync(join(tmpdir(), 'lading-many-'));
  base = (await writeTinyBase()).directory;
  apps = { web: writeNodeApp(), jobs: writeNodeApp() };
  writeFileSync(join(apps.jobs, 'data/jobs.txt'), 'other than web');
  clock = virtualClock();
  sandbox = await startSandbox({ clock, consistency: 'eventual', createOnPush: true });
  for (const cluster of ['default', 'staging']) {
    if (cluster !== 'default') await sandbox.call('ecs', 'CreateCluster', { clusterName: cluster });
    for (const name of ['shop', 'admin', 'worker']) {
      const image = `${sandbox.host}/${name === 'worker' ? 'jobs' : 'web'}:before`;
      const containerDefinitions = [{ name: 'main', image, memory: 128 }];
      await sandbox.call('ecs', 'RegisterTaskDefinition', { family: name, containerDefinitions });
      await sandbox.call('ecs', 'CreateService', { cluster, serviceName: name, taskDefinition: name, desiredCount: 1 });
    }
  }
  await clock.sleep(120_000);
  writeFileSync(join(work, 'lading.yml'), file());
});
afterEach(async () => {
  await sandbox.close();
  for (const folder of [work, base, apps.web, apps.jobs]) rmSync(folder, { recursive: true, force: true });
});

async function lading(...argv: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCli([...argv, '--json'], {
    env: sandbox.env,
    cwd: work,
    signal: new AbortController().signal,
    clock,
    stdout: { write: (text) => out.push(text) },
    stderr: { write: (text) => err.push(text) },
  });
  const json = JSON.parse(out.join('')) as Bill & { readonly error?: { code: string; message: string } };
  return { code, json, text: err.join('') };
}

const ends = ({ services }: Bill) => services.map(({ name, outcome }) => `${name} ${outcome}`);
const updates = () => sandbox.journal.filter(({ operation }) => operation === 'UpdateService');
const nameOf = (input: unknown) => (input as { readonly service: string }).service;

test('told, shipped in their order, shipped again, and with an environment', async () => {
  const told = await lading('ship', '--dry-run');
  expect([told.code, ends(told.json)], told.text).toEqual([0, ['worker planned', 'shop planned', 'admin planned']]);
  expect(updates()).toEqual([]);

  const first = await lading('ship');
  expect([first.code, first.json.outcome, ends(first.json)], first.text).toEqual([
    0,
    'steady',
    ['worker steady', 'shop steady', 'admin steady'],
  ]);
  expect(updates().map(({ input }) => nameOf(input))).toEqual(['worker', 'shop', 'admin']);
  const [web, jobs] = first.json.images;
  expect([web?.name, jobs?.name]).toEqual(['web', 'jobs']);
  expect(web?.digest).not.toBe(jobs?.digest);
  const runs = first.json.services.map(({ images }) => images?.[0]?.image);
  expect(runs).toEqual([jobs?.reference, web?.reference, web?.reference]);
  const kept = JSON.parse(readFileSync(join(work, '.lading/bill.json'), 'utf8')) as Bill;
  expect(kept).toEqual(first.json);

  const again = await lading('ship');
  expect([again.code, again.json.outcome, ends(again.json)], again.text).toEqual([
    0,
    'unchanged',
    ['worker unchanged', 'shop unchanged', 'admin unchanged'],
  ]);
  expect(updates()).toHaveLength(3);

  const staging = await lading('ship', '--environment', 'staging', '--only', 'shop');
  expect([staging.code, ends(staging.json)], staging.text).toEqual([0, ['shop steady']]);
  expect(updates().at(-1)?.input).toMatchObject({ cluster: 'staging', service: 'shop' });
});

test('one service fails: those after it stay as they are, and one verdict says which and why', async () => {
  const crash = scenarios.get('cannot-start');
  if (!crash) throw new Error('no scenario');
  sandbox.useScenario(crash, 'shop');
  const failed = await lading('ship');
  expect([failed.code, failed.json.outcome, ends(failed.json)], failed.text).toEqual([
    5,
    'rolled-back',
    ['worker steady', 'shop rolled-back', 'admin skipped'],
  ]);
  expect(failed.json.error?.message).toMatch(/^shop: the deployment failed and was rolled back: (\w+: )?CannotStart/);
  expect(failed.json.services[1]).toMatchObject({ cause: { class: 'start' }, rolledBack: 'done', serves: {} });
  expect(updates().map(({ input }) => nameOf(input))).toEqual(['worker', 'shop']);
  // What is to be read stands at the end: what serves now, why, and what to do next.
  expect(failed.text).toMatch(/Serves now +shop:\d+, /);
  expect(failed.text).toMatch(/Rolled back +yes/);
  expect(failed.text).toMatch(/Next +lading logs --cluster default --service shop --task /);
});

test('the schema knows all of it, and completes nothing that there is not', async () => {
  const { Ajv } = await import('ajv');
  const { parse } = await import('yaml');
  const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../../lading.schema.json'), 'utf8')) as object;
  const isRight = new Ajv({ allowUnionTypes: true }).compile(schema);
  expect(isRight(parse(file())), JSON.stringify(isRight.errors)).toBe(true);
  expect(isRight(parse(file().replace('image: jobs }', 'imgae: jobs }')))).toBe(false);
  expect(isRight(parse(file().replace('deploy: { cluster: staging }', 'deploi: { cluster: staging }')))).toBe(false);
});

describe('mistakes in it are told all at once, each at its place', () => {
  test.each([
    [
      'services.shop.image names nothing',
      'image: web, after: [worker]',
      'image: wbe, after: [worker]',
      /lading\.yml:9:18: .*wbe/,
    ],
    ['services.shop.after names nothing', 'after: [worker]', 'after: [workers]', /lading\.yml:9:30: .*workers/],
    ['a circle', 'worker: { image: jobs }', 'worker: { image: jobs, after: [admin] }', /lading\.yml:\d+:\d+: /],
    ['a field that there is not', 'image: jobs }', 'imgae: jobs }', /lading\.yml:11:13: .*imgae/],
    ['a list where a name stands', 'cluster: default', 'cluster: [{ name: production }]', /lading\.yml:7:20: /],
    ['a duration that is none', 'timeout: 5m', 'timeout: soon', /lading\.yml:7:38: /],
    [
      'an environment with a key that there is not',
      'deploy: { cluster: staging }',
      'deploi: { cluster: staging }',
      /lading\.yml:14:5: .*deploi/,
    ],
  ])('%s', async (_name, right, wrong, said) => {
    const text = file();
    expect(text).toContain(right);
    writeFileSync(join(work, 'lading.yml'), text.replace(right, wrong));
    const { code, json } = await lading('ship');
    expect([code, updates()], json.error?.message).toEqual([2, []]);
    expect(json.error?.message).toMatch(said);
  });

  test('two of them', async () => {
    const text = file().replace('image: web, after: [worker]', 'image: wbe, after: [workers]');
    writeFileSync(join(work, 'lading.yml'), text);
    expect((await lading('ship')).json.error?.message.split('\n')).toHaveLength(2);
  });

  test('an environment that there is not, with those that there are', async () => {
    const { code, json } = await lading('ship', '--environment', 'stagin');
    expect([code, json.error?.message]).toEqual([2, expect.stringContaining('stagin') as string]);
  });
});
