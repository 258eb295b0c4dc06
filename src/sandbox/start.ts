import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../base/clock.js';
import { InputError } from '../base/errors.js';
import { createKeyRing, newSecret } from './access/keys.js';
import { createWebIdentity, readClaims } from './access/web-identity.js';
import { createEcr } from './ecr/ecr.js';
import { createEcs } from './ecs/ecs.js';
import { createFaults, readFault } from './faults.js';
import type { Front } from './front.js';
import { openFront } from './front.js';
import type { AccessEntry } from './http/listen.js';
import { listen } from './http/listen.js';
import { serviceRows } from './http/services.js';
import { createLogs } from './logs.js';
import { passOnTo } from './moto/pass-on.js';
import { createBlobReads } from './registry/blobs.js';
import { createImageStore } from './registry/images.js';
import { createRegistry } from './registry/registry.js';
import { chooseRunner } from './runners/choose-runner.js';
import type { Sandbox, SandboxOptions } from './sandbox.js';
import type { JournalEntry, Setting } from './service.js';
import { createSts } from './sts/sts.js';

export type { Sandbox, SandboxOptions } from './sandbox.js';

/** ECR, ECS, STS and CloudWatch Logs on loopback, in this process. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { region = 'eu-central-1', accountId = '123456789012', clock = systemClock } = options;
  const { pageSize } = options;
  if (pageSize !== undefined && !(Number.isInteger(pageSize) && pageSize >= 1))
    throw new InputError({ where: 'pageSize', message: `takes a whole number from 1, not ${pageSize}` });
  const folder = await mkdtemp(join(tmpdir(), 'lading-sandbox-'));
  try {
    return await open(options, { clock, region, accountId, pageSize }, folder);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function open(options: SandboxOptions, setting: Setting, folder: string): Promise<Sandbox> {
  const { clock, region, accountId } = setting;
  const caller = { arn: `arn:aws:iam::${accountId}:user/sandbox`, userId: 'AIDASANDBOX' };
  const keys = createKeyRing(caller, options.credentials);
  const controlKey = newSecret();
  const webIdentity = createWebIdentity(clock);
  const images = createImageStore(folder, clock);
  const logs = createLogs(setting);
  const journal: JournalEntry[] = [];
  const accessLog: AccessEntry[] = [];
  const faults = createFaults();
  const fronts = new Map<string, Front>();
  let host = '127.0.0.1';
  const blobs = createBlobReads(images, { clock, blobHost: () => host.replace('127.0.0.1', 'localhost') });
  const ecr = createEcr(setting, { images, host: () => host, addressOf: blobs.addressOf });
  const runner = await chooseRunner(options.tasks ?? 'simulated', {
    folder,
    images,
    allowRoot: options.allowRoot ?? false,
    host: () => host,
    authorization: async () => ecr.newPassword().authorizationToken,
  });
  const { consistency, seed, pageSize } = options;
  const resolveImage = (image: string) => images.resolve(image);
  const ecs = createEcs(setting, { logs, runner, resolveImage, consistency, seed, pageSize });
  if (options.scenario) ecs.useScenario(options.scenario);
  const registry = createRegistry({
    images,
    clock,
    login: (username, password) => ecr.login(username, password),
    mountingEnabled: () => ecr.mountingEnabled(),
    createOnPush: options.createOnPush ?? false,
    blobs,
    pageSize: options.pageSize,
  });
  const services = [ecr, ecs, logs, createSts(setting, keys, webIdentity)];
  const server = await listen(
    {
      setting,
      keys,
      services,
      rows: serviceRows,
      passOn: passOnTo(options.moto),
      registry,
      journal,
      accessLog,
      controlKey,
      hosts: options.hosts ?? [],
      faultFor(call) {
        const injected = faults.take(call);
        if (injected) return injected;
        const scripted = ['ecs', 'logs'].includes(call.service) ? ecs.faultFor(call.operation) : undefined;
        return scripted && { type: scripted.type, message: scripted.message, status: scripted.status };
      },
      controls: {
        journal: () => journal,
        requests: () => accessLog,
        inject: (body) => faults.inject(readFault(body)),
        'web-identity-token': (body) => ({ token: webIdentity.issue(readClaims(body)) }),
      },
    },
    options.port ?? 0,
  );
  host = `127.0.0.1:${server.port}`;
  const url = `http://${host}`;

  return {
    url,
    host,
    region,
    accountId,
    env: {
      AWS_ENDPOINT_URL: url,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: keys.own.id,
      AWS_SECRET_ACCESS_KEY: keys.own.secret,
      AWS_EC2_METADATA_DISABLED: 'true',
      LADING_SANDBOX_KEY: controlKey,
    },
    operations: services.flatMap(({ name, operations }) =>
      Object.keys(operations).map((operation) => `${name} ${operation}`),
    ),
    journal,
    requests: accessLog,
    inject: (fault) => faults.inject(fault),
    useScenario: (scenario, name) => ecs.useScenario(scenario, name),
    createRepository(name, settings) {
      images.create(name, { tagMutability: settings?.immutable ? 'IMMUTABLE' : 'MUTABLE' });
    },
    async call(service, operation, input = {}) {
      const found = services.find((one) => one.name === service)?.operations[operation];
      if (!found) throw new Error(`the sandbox has no ${service} ${operation}`);
      return found(input);
    },
    webIdentityToken: (claims) => webIdentity.issue(claims),
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
