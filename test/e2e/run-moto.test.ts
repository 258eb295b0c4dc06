import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openAws } from '../../src/aws/session.js';
import { runCli } from '../../src/entry/cli.js';
import type { RunReleaseResult } from '../../src/release/run-alone.js';
import type { Moto } from '../support/moto.js';
import { startMoto } from '../support/moto.js';
import type { TestWorld } from '../support/world.js';
import { testWorld } from '../support/world.js';

let moto: Moto | undefined;
let world: TestWorld;
const work = mkdtempSync(join(tmpdir(), 'lading-moto-'));

beforeAll(async () => {
  moto = await startMoto();
  const keys = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'eu-central-1' };
  world = testWorld({ env: { ...keys, ...(moto && { AWS_ENDPOINT_URL: moto.url }) } });
}, 240_000);
afterAll(async () => {
  rmSync(work, { recursive: true, force: true });
  world.close();
  await moto?.close();
});

/** An emulator of others, whose tasks all end with 0: what it is asked must be what it understands. */
test('a task runs to its end on moto', async (context) => {
  if (!moto) return context.skip();
  const ecs = (await openAws(world)).api('ecs');
  const subnet = await firstOf('DescribeSubnets', 'subnetId');
  // moto wants a group, and the memory of each container; AWS does not.
  const group = await firstOf('DescribeSecurityGroups', 'groupId');
  await ecs.call('CreateCluster', { clusterName: 'default' });
  const definition = {
    family: 'job',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    containerDefinitions: [{ name: 'job', image: 'job:v1', memory: 128, essential: true }],
  };
  writeFileSync(join(work, 'job.json'), JSON.stringify(definition));

  const out: string[] = [];
  const err: string[] = [];
  const code = await runCli(
    [
      'run',
      '--task-definition',
      'job.json',
      '--subnet',
      subnet,
      '--security-group',
      group,
      '--command',
      'migrate',
      '--json',
    ],
    {
      ...world,
      env: world.env,
      cwd: work,
      stdout: { write: (text) => out.push(text) },
      stderr: { write: (text) => err.push(text) },
    },
  );
  const json = JSON.parse(out.join('')) as RunReleaseResult;
  expect([code, json.outcome, json.exitCode], err.join('')).toEqual([0, 'passed', 0]);
  expect(json.tasks[0]?.tasks?.[0]).toMatchObject({ status: 'STOPPED', exitCode: 0 });
}, 120_000);

async function firstOf(action: string, name: string): Promise<string> {
  const body = new URLSearchParams({ Action: action, Version: '2016-11-15' });
  const authorization =
    'AWS4-HMAC-SHA256 Credential=test/20260101/eu-central-1/ec2/aws4_request, SignedHeaders=host, Signature=0';
  const answer = await fetch(moto?.url ?? '', { method: 'POST', body, headers: { authorization } });
  return new RegExp(`<${name}>(.*?)<`).exec(await answer.text())?.[1] ?? '';
}
