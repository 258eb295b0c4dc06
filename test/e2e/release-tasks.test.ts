import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { VirtualClock } from '../../src/base/clock.js';
import { virtualClock } from '../../src/base/clock.js';
import { runCli } from '../../src/entry/cli.js';
import type { RollOutResult } from '../../src/release/roll-out.js';
import { scenarios } from '../../src/sandbox/ecs/scenario.js';
import type { Sandbox } from '../../src/sandbox/start.js';
import { startSandbox } from '../../src/sandbox/start.js';

let work = '';
let clock: VirtualClock;
let sandbox: Sandbox;
const servers: Server[] = [];
const image = (letter: string) => `registry.example/shop@sha256:${letter.repeat(64)}`;

beforeEach(async () => {
  work = mkdtempSync(join(tmpdir(), 'lading-tasks-'));
  clock = virtualClock();
  sandbox = await startSandbox({ clock, consistency: 'eventual' });
  for (const name of ['web', 'worker']) {
    const containerDefinitions = [{ name: 'main', image: image('a'), memory: 128 }];
    await sandbox.call('ecs', 'RegisterTaskDefinition', { family: name, containerDefinitions });
    await sandbox.call('ecs', 'CreateService', { serviceName: name, taskDefinition: name, desiredCount: 1 });
  }
  await clock.sleep(120_000);
});
afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  await sandbox.close();
  rmSync(work, { recursive: true, force: true });
});

const file = (tasks: string, smoke = '') => `region: eu-central-1
tasks:
${tasks}
services:
  web: { image: "${image('b')}"${smoke} }
  worker: { image: "${image('b')}", after: [web] }
`;

async function deploy(yaml: string, ...argv: string[]) {
  writeFileSync(join(work, 'lading.yml'), yaml);
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCli(['deploy', '--json', ...argv], {
    env: sandbox.env,
    cwd: work,
    signal: new AbortController().signal,
    clock,
    stdout: { write: (text) => out.push(text) },
    stderr: { write: (text) => err.push(text) },
  });
  const json = JSON.parse(out.join('')) as RollOutResult & { error?: { code: string; message: string; hint?: string } };
  return { code, json, text: err.join('') };
}

/** What was changed, in its order. */
function changes(): readonly string[] {
  return sandbox.journal.flatMap(({ operation, input }) => {
    const { service, startedBy } = input as { service?: string; startedBy?: string };
    if (operation === 'RunTask') return [`run ${startedBy}`];
    return operation === 'UpdateService' ? [`update ${service}`] : [];
  });
}

function useScenario(name: string, service?: string): void {
  const found = scenarios.get(name);
  if (!found) throw new Error(`no scenario ${name}`);
  sandbox.useScenario(found, service);
}

const ends = ({ tasks, services }: RollOutResult) =>
  [...tasks, ...services].map(({ name, outcome }) => `${name} ${outcome}`);
const migrate = '  migrate: { command: [node, migrate.js], before: [worker] }';
const warm = '  warm: { command: [node, warm.js], after: [web] }';

describe('tasks of a release', () => {
  test('run before and after the services that they name, with the image of the release', async () => {
    const { code, json, text } = await deploy(file(`${warm}\n${migrate}`));
    expect([code, json.outcome, ends(json)], text).toEqual([
      0,
      'steady',
      ['migrate passed', 'warm passed', 'web steady', 'worker steady'],
    ]);
    expect(changes()).toEqual(['run lading/migrate', 'update web', 'run lading/warm', 'update worker']);
    const runs = sandbox.journal.filter(({ operation }) => operation === 'RunTask');
    expect(json.tasks.map(({ images }) => images?.map((one) => one.image))).toEqual([[image('b')], [image('b')]]);
    expect(runs[0]?.input).toMatchObject({
      overrides: { containerOverrides: [{ name: 'main', command: ['node', 'migrate.js'] }] },
    });
    // The revision that the task ran is the one that its service gets.
    const registered = sandbox.journal.filter(({ operation }) => operation === 'RegisterTaskDefinition');
    expect(registered).toHaveLength(2);
  });

  test('one that fails ends the release before any service moves, and it says so', async () => {
    useScenario('task-exit-1');
    const { code, json, text } = await deploy(file(migrate));
    expect([code, json.outcome, ends(json)], text).toEqual([
      5,
      'failed',
      ['migrate failed', 'web skipped', 'worker skipped'],
    ]);
    expect(changes()).toEqual(['run lading/migrate']);
    expect(json.error?.message).toMatch(/^the task migrate failed: main: .*; no service was changed$/);
    expect(json.error?.code).toBe('TASK_FAILED');
    expect(text).toMatch(/Exit code +1/);
  });

  test('one that fails after a service says what has moved', async () => {
    useScenario('task-not-started');
    const { code, json } = await deploy(file(warm));
    expect([code, ends(json)]).toEqual([5, ['warm failed', 'web steady', 'worker skipped']]);
    expect(json.error?.message).toMatch(/^the task warm never started: .*; web came before it and stands$/);
    expect(changes()).toEqual(['update web', 'run lading/warm']);
  });

  test('one for which there is no room, too', async () => {
    useScenario('task-no-memory');
    const { code, json } = await deploy(file(migrate));
    expect([code, json.outcome, changes()]).toEqual([5, 'not-started', ['run lading/migrate']]);
    expect(json.error?.message).toMatch(/^ECS started no task of migrate: RESOURCE:MEMORY.*; no service was changed$/);
  });

  test('are told by a dry run, which changes nothing', async () => {
    const { code, json } = await deploy(file(`${warm}\n${migrate}`), '--dry-run');
    expect([code, json.outcome, ends(json)]).toEqual([
      0,
      'planned',
      ['migrate planned', 'warm planned', 'web planned', 'worker planned'],
    ]);
    expect(changes()).toEqual([]);
  });

  test('are those of the part that is chosen', async () => {
    await deploy(file(`${warm}\n${migrate}`), '--only', 'worker');
    expect(changes()).toEqual(['run lading/migrate', 'update worker']);
  });

  test('that say so run only when something is new', async () => {
    const yaml = file('  migrate: { command: [x], like: web, when: changed }');
    await deploy(yaml);
    const { json } = await deploy(yaml);
    expect([json.outcome, ends(json)]).toEqual([
      'unchanged',
      ['migrate unchanged', 'web unchanged', 'worker unchanged'],
    ]);
    expect(changes()).toEqual(['run lading/migrate', 'update web', 'update worker']);
  });
});

/** An address that answers with these, the last for ever; it counts how often it was asked. */
async function address(...answers: readonly number[]): Promise<{ url: string; asked: () => number }> {
  let asked = 0;
  const server = createServer((_request, answer) => {
    answer.statusCode = answers[Math.min(asked++, answers.length - 1)] ?? 500;
    answer.end('<h1>Bad Gateway</h1>');
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/health`, asked: () => asked };
}

describe('the address of a service', () => {
  const smoke = (url: string, more = '') => `, smoke: { url: "${url}", timeout: 20s${more} }`;

  test('makes it steady when it answers as it should', async () => {
    const { url, asked } = await address(503, 502, 200);
    const { code, json, text } = await deploy(file(warm, smoke(url)));
    expect([code, json.outcome, asked()], text).toEqual([0, 'steady', 3]);
    expect(json.services[0]).toMatchObject({ name: 'web', served: { url, status: 200 } });
  });

  test('else the service is not steady, and nothing comes after it', async () => {
    const { url } = await address(502);
    const { code, json, text } = await deploy(file(warm, smoke(url)));
    expect([code, json.outcome, ends(json)], text).toEqual([
      5,
      'failed',
      ['warm skipped', 'web failed', 'worker skipped'],
    ]);
    expect(json.error).toMatchObject({
      code: 'SMOKE_FAILED',
      message: `web: ${url} answers 502 “<h1>Bad Gateway</h1>”, and not 200 within 20s`,
      hint: expect.stringContaining('lading rollback --cluster default --service web') as string,
    });
    expect(json.services[0]).toMatchObject({
      rolledBack: 'none',
      serves: { taskDefinition: expect.anything() as string },
    });
    expect(changes()).toEqual(['update web']);
  });

  test('takes the deployment back when it is to: the revision before serves again', async () => {
    const { url } = await address(502);
    const { code, json, text } = await deploy(file(warm, smoke(url, ', on-failure: rollback')));
    expect([code, json.outcome, ends(json)], text).toEqual([
      5,
      'rolled-back',
      ['warm skipped', 'web rolled-back', 'worker skipped'],
    ]);
    expect(json.error?.message).toMatch(/and not 200 within 20s; the service went back to web:1$/);
    expect(json.services[0]).toMatchObject({ rolledBack: 'done', serves: { images: [{ image: image('a') }] } });
    expect(changes()).toEqual(['update web', 'update web']);
  });

  test('of a service that was not changed is asked, too, and nothing is taken back', async () => {
    const { url } = await address(200, 502);
    const yaml = file(warm, smoke(url, ', on-failure: rollback'));
    expect((await deploy(yaml, '--only', 'web')).code).toBe(0);
    const { code, json } = await deploy(yaml, '--only', 'web');
    expect([code, json.outcome, json.services[0]?.rolledBack]).toEqual([5, 'failed', 'none']);
    expect(changes().filter((change) => change === 'update web')).toHaveLength(1);
  });

  test('is not asked by a dry run, nor for a deployment that nobody waits for', async () => {
    const { url, asked } = await address(502);
    expect((await deploy(file(migrate, smoke(url)), '--dry-run')).code).toBe(0);
    expect((await deploy(file(migrate, smoke(url)), '--wait', 'none')).code).toBe(0);
    expect(asked()).toBe(0);
  });
});
