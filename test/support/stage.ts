import { tmpdir } from 'node:os';
import { virtualClock } from '../../src/base/clock.js';
import type { VirtualClock } from '../../src/base/clock.js';
import { LadingError } from '../../src/base/errors.js';
import { runCli } from '../../src/entry/cli.js';
import { openEcs } from '../../src/release/open-ecs.js';
import type { DeployResult } from '../../src/ecs/rollout/verdict/result.js';
import type { ServiceResult } from '../../src/release/roll-out.js';
import { deployService } from '../../src/ecs/rollout/deploy.js';
import { scenarios } from '../../src/sandbox/ecs/scenario.js';
import type { Sandbox, SandboxOptions } from '../../src/sandbox/start.js';
import { startSandbox } from '../../src/sandbox/start.js';
import type { TestWorld } from './world.js';
import { testWorld } from './world.js';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
export const OLD = `registry.example/web@${digest('a')}`;
export const NEW = `registry.example/web@${digest('b')}`;

export interface Stage {
  readonly sandbox: Sandbox;
  readonly world: TestWorld;
  readonly clock: VirtualClock;
  readonly abort: AbortController;
  close(): Promise<void>;
}

/** Longer than any read is late. */
const SETTLED_MS = 10_000;

/** A service `web` that runs {@link OLD}, whose next deployments follow a scenario by a virtual clock. */
export async function openStage(
  name: string,
  service: Readonly<Record<string, unknown>> = {},
  options: SandboxOptions = {},
): Promise<Stage> {
  const scenario = scenarios.get(name);
  if (!scenario) throw new Error(`no scenario ${name}`);
  const clock = virtualClock();
  const sandbox = await startSandbox({ consistency: 'eventual', ...options, clock, scenario });
  const abort = new AbortController();
  const world = testWorld({ env: sandbox.env, clock, signal: abort.signal });
  await sandbox.call('ecs', 'RegisterTaskDefinition', {
    family: 'web',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    executionRoleArn: `arn:aws:iam::${sandbox.accountId}:role/web-execution`,
    cpu: '256',
    memory: '512',
    containerDefinitions: [
      {
        name: 'web',
        image: OLD,
        logConfiguration: {
          logDriver: 'awslogs',
          options: { 'awslogs-group': '/ecs/web', 'awslogs-region': sandbox.region, 'awslogs-stream-prefix': 'web' },
        },
      },
    ],
  });
  await sandbox.call('ecs', 'CreateService', {
    serviceName: 'web',
    taskDefinition: 'web',
    desiredCount: 1,
    launchType: 'FARGATE',
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1', 'subnet-2'] } },
    ...service,
  });
  if (options.consistency !== 'strong') clock.advance(SETTLED_MS);
  return {
    sandbox,
    world,
    clock,
    abort,
    async close() {
      world.close();
      await sandbox.close();
    },
  };
}

const request = {
  cluster: 'default',
  service: 'web',
  images: [{ container: undefined, image: NEW }],
  env: [],
  force: false,
  ifUnchanged: 'attach' as const,
  wait: 'deployed' as const,
  timeoutMs: 900_000,
  failFast: true,
  dryRun: false,
};

/** Deploys {@link NEW} to the service of a stage. */
export async function deployOnStage(
  world: TestWorld,
  more: Partial<Parameters<typeof deployService>[0]> = {},
): Promise<{ result: DeployResult | undefined; error: LadingError | undefined }> {
  try {
    return { result: await deployService({ ...request, ...more }, await openEcs(world, {})), error: undefined };
  } catch (error) {
    if (!(error instanceof LadingError)) throw error;
    return { result: error.result as DeployResult | undefined, error };
  }
}

/** `lading deploy --json` of {@link NEW}: what a program reads, and what a person. */
export async function deployByCommandLine({ sandbox, clock }: Stage, more: readonly string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const exitCode = await runCli(['deploy', '--service', 'web', '--image', `web=${NEW}`, '--json', ...more], {
    env: sandbox.env,
    cwd: tmpdir(),
    signal: new AbortController().signal,
    clock,
    stdout: { write: (text) => out.push(text) },
    stderr: { write: (text) => err.push(text) },
  });
  const json = JSON.parse(out.join('')) as {
    readonly outcome?: string;
    readonly services?: readonly ServiceResult[];
    readonly error?: { kind: string; message: string };
  };
  return { exitCode, json, service: json.services?.[0], text: err.join('') };
}
