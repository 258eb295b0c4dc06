import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../base/clock.js';
import { systemClock } from '../base/clock.js';
import type { EmulatedEcr } from './ecr/ecr.js';
import { createEcr } from './ecr/ecr.js';
import type { Consistency } from './ecs/consistency/lags.js';
import { createEcs } from './ecs/ecs.js';
import type { Scenario } from './ecs/scenario-shape.js';
import type { Fault } from './faults.js';
import { createFaults } from './faults.js';
import type { ImageStore } from './registry/images.js';
import { createImageStore } from './registry/images.js';
import type { Front } from './front.js';
import { openFront } from './front.js';
import { createLogs } from './logs.js';
import { createRegistry } from './registry/registry.js';
import type { AccessEntry } from './server.js';
import { listen } from './server.js';
import type { JournalEntry } from './service.js';
import { createSts } from './sts.js';
import type { TaskRunner } from './runners/task-runner.js';

export interface SandboxOptions {
  /** A free one when left out. */
  readonly port?: number;
  /** A `virtualClock` makes rollouts instantaneous. */
  readonly clock?: Clock;
  readonly region?: string;
  readonly accountId?: string;
  /** The script of deployments, with simulated tasks. */
  readonly scenario?: Scenario;
  /** `simulated` follows the scenario; the others really run the image that was pushed. */
  readonly tasks?: 'simulated' | 'process' | 'docker';
  /** A push makes the repository, as with ECR's creation templates. */
  readonly createOnPush?: boolean;
  /**
   * `strong`, the default, answers each read of ECS with what is: a test may look at once at what it has written.
   * `eventual` answers late and in part, as ECS does after a write: what waits for it is to be rehearsed so.
   */
  readonly consistency?: Consistency;
  /** What is late, and by how much, is the same for the same seed; 1 when left out. */
  readonly seed?: number;
  /** Entries of ECS on a page, at most: its pages may be short, whatever is asked. */
  readonly pageSize?: number;
}

export interface Sandbox {
  /** `http://127.0.0.1:PORT`, of every API. */
  readonly url: string;
  /** Host of the registry, as it stands in image references. */
  readonly host: string;
  readonly region: string;
  readonly accountId: string;
  /** Environment for the `aws` CLI, the SDKs and lading. */
  readonly env: Readonly<Record<string, string>>;
  /** What it answers to, as `ecs DescribeServices`. */
  readonly operations: readonly string[];
  /** Every call of an AWS API, in order. */
  readonly journal: readonly JournalEntry[];
  /** Every request to the registry, in order. */
  readonly requests: readonly AccessEntry[];
  inject(fault: Fault): void;
  /** Of the next deployments and one-off tasks of all, or of one service or task family. */
  useScenario(scenario: Scenario, name?: string): void;
  createRepository(name: string, settings?: { readonly immutable?: boolean }): void;
  /** One call of an emulated API, without HTTP. */
  call(service: 'ecs' | 'ecr' | 'logs', operation: string, input?: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** A stable address that forwards to the healthy tasks of a service. */
  serviceUrl(cluster: string, service: string): Promise<string>;
  close(): Promise<void>;
}

/** ECR, ECS, STS and CloudWatch Logs on loopback, in this process. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { region = 'eu-central-1', accountId = '123456789012', clock = systemClock } = options;
  const folder = await mkdtemp(join(tmpdir(), 'lading-sandbox-'));
  const world = { clock, region, accountId };
  const images = createImageStore(folder, clock);
  const logs = createLogs(world);
  const journal: JournalEntry[] = [];
  const accessLog: AccessEntry[] = [];
  const faults = createFaults();
  const fronts = new Map<string, Front>();
  let host = '127.0.0.1';
  const ecr = createEcr(world, images, () => host);
  const runner = await createRunner(options.tasks ?? 'simulated', folder, images, ecr, () => host);
  const { consistency, seed, pageSize } = options;
  const resolveImage = (image: string) => images.resolve(image);
  const ecs = createEcs(world, { logs, runner, resolveImage, consistency, seed, pageSize });
  if (options.scenario) ecs.useScenario(options.scenario);
  const registry = createRegistry({
    images,
    clock,
    login: (username, password) => ecr.login(username, password),
    mountingEnabled: () => ecr.mountingEnabled(),
    createOnPush: options.createOnPush ?? false,
    blobHost: () => host.replace('127.0.0.1', 'localhost'),
  });
  const services = [ecr, ecs, logs];
  const sts = createSts(world);
  const server = await listen(
    {
      world,
      services,
      sts,
      registry,
      journal,
      accessLog,
      faultFor(call) {
        const injected = faults.take(call);
        if (injected) return injected;
        const scripted = ['ecs', 'logs'].includes(call.service) ? ecs.faultFor(call.operation) : undefined;
        return scripted && { type: scripted.type, message: scripted.message, status: scripted.status };
      },
      control: {
        journal: () => journal,
        requests: () => accessLog,
        inject(body) {
          faults.inject(body as Fault);
        },
      },
    },
    options.port ?? 0,
  );
  host = `127.0.0.1:${server.port}`;
  const url = `http://${host}`;

  async function call(
    service: 'ecs' | 'ecr' | 'logs',
    operation: string,
    input: Readonly<Record<string, unknown>> = {},
  ): Promise<unknown> {
    const found = services.find((one) => one.name === service)?.operations[operation];
    if (!found) throw new Error(`the sandbox has no ${service} ${operation}`);
    return found(input);
  }

  return {
    url,
    host,
    region,
    accountId,
    env: {
      AWS_ENDPOINT_URL: url,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: 'AKIASANDBOX',
      AWS_SECRET_ACCESS_KEY: 'sandbox-secret-key',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    operations: [...services, sts].flatMap(({ name, operations }) =>
      Object.keys(operations).map((operation) => `${name} ${operation}`),
    ),
    journal,
    requests: accessLog,
    inject: (fault) => faults.inject(fault),
    useScenario: (scenario, name) => ecs.useScenario(scenario, name),
    createRepository(name, settings) {
      images.create(name, { tagMutability: settings?.immutable ? 'IMMUTABLE' : 'MUTABLE' });
    },
    call,
    async serviceUrl(cluster, service) {
      const key = `${cluster}/${service}`;
      const front = fronts.get(key) ?? (await openFront(() => ecs.urls(cluster, service)));
      fronts.set(key, front);
      return front.url;
    },
    async close() {
      await ecs.close();
      await Promise.all([...fronts.values()].map((front) => front.close()));
      await server.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

async function createRunner(
  kind: NonNullable<SandboxOptions['tasks']>,
  folder: string,
  images: ImageStore,
  ecr: EmulatedEcr,
  host: () => string,
): Promise<TaskRunner | undefined> {
  if (kind === 'process')
    return (await import('./runners/process-runner.js')).processRunner(images, join(folder, 'tasks'));
  if (kind !== 'docker') return undefined;
  const authorization = async () => {
    const answer = (await ecr.operations.GetAuthorizationToken?.({})) as {
      authorizationData: { authorizationToken: string }[];
    };
    return answer.authorizationData[0]?.authorizationToken ?? '';
  };
  return (await import('./runners/docker-runner.js')).dockerRunner({
    folder: join(folder, 'docker'),
    host,
    authorization,
  });
}
