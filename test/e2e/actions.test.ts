import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Clock } from '../../src/base/clock.js';
import { systemClock } from '../../src/base/clock.js';
import type { Needs } from '../../src/base/declare/command.js';
import { deploy } from '../../src/commands/deploy.js';
import { ship } from '../../src/commands/ship.js';
import { scenarios } from '../../src/sandbox/ecs/scenario.js';
import type { Sandbox } from '../../src/sandbox/start.js';
import { startSandbox } from '../../src/sandbox/start.js';
import type { StepOptions } from '../support/actions-runner.js';
import { findNode24, runStep } from '../support/actions-runner.js';
import { writeNodeApp, writeTinyBase } from '../support/node-app.js';

const root = join(import.meta.dirname, '../..');
const digest = /^sha256:[0-9a-f]{64}$/;

/** The rollouts of the sandbox pass quickly, while the action under test waits by the real clock. */
const fast: Clock = {
  now: () => start + (Date.now() - start) * 30,
  sleep: (ms, signal) => systemClock.sleep(ms / 30, signal),
};
const start = Date.now();

const node24 = findNode24();
const nodes = [
  [`Node ${process.versions.node.split('.')[0]}`, process.execPath],
  ...(node24 && node24 !== process.execPath ? [['Node 24', node24]] : []),
] as [string, string][];

let app: string;
let base: string;
let sandbox: Sandbox;

beforeAll(async () => {
  if (!existsSync(join(root, 'dist/action.js'))) throw new Error('dist/ is missing: npm test builds it');
  app = writeNodeApp();
  base = `oci:${(await writeTinyBase()).directory}`;
});
afterAll(() => rmSync(app, { recursive: true, force: true }));
afterEach(() => sandbox.close());

async function openSandbox(scenario = 'ok'): Promise<void> {
  sandbox = await startSandbox({ clock: fast, scenario: scenarios.get(scenario) });
  sandbox.createRepository('shop');
  await sandbox.call('ecs', 'RegisterTaskDefinition', {
    family: 'shop',
    cpu: '256',
    memory: '512',
    containerDefinitions: [{ name: 'web', image: `${sandbox.host}/shop@sha256:${'a'.repeat(64)}` }],
  });
  await sandbox.call('ecs', 'CreateService', { serviceName: 'shop', taskDefinition: 'shop', desiredCount: 1 });
}

/** Calls of AWS that the declaration of the verb does not name, so that its policy would not allow them. */
function callsBeyond(needs: Needs | undefined): string[] {
  const named = new Set(needs?.aws?.map((need) => need.action));
  const calls = new Set(sandbox.journal.map((entry) => `${entry.service}:${entry.operation}`));
  return [...calls].filter((call) => !named.has(call));
}

function step(verb: string, node: string, inputs: Record<string, string>, more: Partial<StepOptions> = {}) {
  return runStep(join(root, 'actions', verb, 'main.mjs'), {
    node,
    workspace: app,
    inputs,
    ...more,
    env: { ...sandbox.env, ...more.env },
  });
}

describe.each(nodes)('the actions under %s', (_name, node) => {
  test('build, push, deploy: outputs go from step to step', async () => {
    await openSandbox();
    // The runner hands over every declared input; what is not given is empty.
    const built = await step('build', node, { base, label: 'team=shop\nstage=test\n', env: '', to: '' });
    expect(built, built.log).toMatchObject({ code: 0, annotations: [{ level: 'warning' }] });
    expect(built.annotations[0]?.message).toContain('.env is left out');
    expect(built.outputs.digest).toMatch(digest);
    expect(Number(built.outputs.size)).toBeGreaterThan(0);

    const pushed = await step('push', node, { to: `${sandbox.host}/shop:v1`, tag: 'one, two' });
    expect(pushed, pushed.log).toMatchObject({ code: 0, annotations: [] });
    expect(pushed.outputs).toMatchObject({
      digest: built.outputs.digest,
      reference: `${sandbox.host}/shop@${built.outputs.digest}`,
    });
    const images = (await sandbox.call('ecr', 'DescribeImages', { repositoryName: 'shop' })) as {
      imageDetails: { imageTags: string[] }[];
    };
    expect(images.imageDetails.flatMap((image) => image.imageTags).sort()).toEqual(['one', 'two', 'v1']);

    const image = pushed.outputs.reference ?? '';
    const deployed = await step('deploy', node, { cluster: 'default', service: 'shop', image });
    expect(deployed, deployed.log).toMatchObject({ code: 0, annotations: [] });
    expect(deployed.outputs.outcome).toBe('steady');
    expect(deployed.outputs['task-definition-arn']).toMatch(/:task-definition\/shop:2$/);
    const secret = sandbox.env.AWS_SECRET_ACCESS_KEY;
    for (const { masks, log, outputs, summary } of [pushed, deployed]) {
      expect(masks).toContain(secret);
      expect(`${log}${JSON.stringify(outputs)}${summary}`).not.toContain(secret);
    }
  });

  test('the root action ships, and its summary is the bill', async () => {
    await openSandbox();
    writeFileSync(
      join(app, 'lading.yml'),
      `build:\n  base: "${base}"\npush:\n  to: ${sandbox.host}/shop\ndeploy:\n  cluster: default\n  service: shop\n`,
    );
    try {
      const shipped = await step('ship', node, { tag: 'v9' });
      expect(shipped, shipped.log).toMatchObject({ code: 0, annotations: [{ level: 'warning' }] });
      expect(shipped.outputs).toMatchObject({ outcome: 'steady', digest: expect.stringMatching(digest) as string });
      expect(callsBeyond(ship.needs)).toEqual([]);
      expect(shipped.summary).toContain('### Release: steady');
      expect(shipped.summary).toContain(shipped.outputs.digest?.slice(0, 19));
    } finally {
      rmSync(join(app, 'lading.yml'));
    }
  });

  test('a cancelled job ends within the time that the runner gives', async () => {
    await openSandbox('slow');
    const image = `${sandbox.host}/shop@sha256:${'b'.repeat(64)}`;
    const cancelled = await step(
      'deploy',
      node,
      { cluster: 'default', service: 'shop', image, verbose: 'true' },
      { cancelAt: /has begun/ },
    );
    expect(cancelled.signal).toBeNull();
    expect(cancelled.code, cancelled.log).toBe(130);
    expect(cancelled.ms).toBeLessThan(7500);
    expect(cancelled.annotations[0]?.message).toContain('fix: ECS goes on with it');
    expect(sandbox.journal.map((entry) => entry.operation)).toContain('UpdateService');
  });
});

describe('a step that fails', () => {
  const node = process.execPath;

  test('tells every wrong input at once', async () => {
    await openSandbox();
    const failed = await step('deploy', node, { clutser: 'default', timeout: '15', service: 'shop' });
    expect(failed.code).toBe(2);
    expect(failed.annotations).toHaveLength(1);
    const text = failed.annotations[0]?.message ?? '';
    expect(text).toContain('clutser: is not an input of this action');
    expect(text).toContain('Did you mean cluster?');
    expect(text).toContain('input timeout: is a duration');
    expect(sandbox.journal).toEqual([]);
  });

  test('annotates the cause of a failed deployment, and still sets the outputs', async () => {
    await openSandbox('cannot-pull-404');
    const image = `${sandbox.host}/shop@sha256:${'b'.repeat(64)}`;
    const failed = await step('deploy', node, { cluster: 'default', service: 'shop', image });
    expect(failed.code, failed.log).toBe(5);
    const errors = failed.annotations.filter(({ level }) => level === 'error');
    expect(errors.map(({ message }) => message).join('\n')).toMatch(/CannotPull|not found/);
    expect(errors.some(({ message }) => message.includes('fix: '))).toBe(true);
    expect(failed.outputs['task-definition-arn']).toMatch(/:task-definition\/shop:2$/);
    expect(failed.summary).toContain('### lading deploy');
    expect(callsBeyond(deploy.needs)).toEqual([]);
  });
});
