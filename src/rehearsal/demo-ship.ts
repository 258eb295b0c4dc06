import { join } from 'node:path';
import type { Context } from '../base/context.js';
import { LadingError } from '../base/errors.js';
import { replaceFile } from '../base/files/files.js';
import { withTask } from '../base/tell/report.js';
import { writeHostBase } from '../image/host-base.js';
import { openLayout } from '../image/layout/layout.js';
import type { Platform } from '../oci/manifest.js';
import { parseReference } from '../oci/reference.js';
import type { Bill } from '../release/paper/bill.js';
import { deliver } from '../release/images/deliver.js';
import { openRegistry } from '../release/images/registries.js';
import { shipRelease } from '../release/ship.js';
import type { Sandbox } from '../sandbox/start.js';
import { makeSandboxService } from './service.js';

export async function hostBase(folder: string, context: Context): Promise<string> {
  const { stdout } = await context.exec('node', ['-p', 'process.execPath + "\\n" + process.versions.node'], {
    signal: context.signal,
  });
  const [binary = '', version = ''] = stdout.trim().split('\n');
  await withTask(context, 'Make a base image from the Node of this computer', () =>
    writeHostBase(folder, { binary, version }, context),
  );
  return `oci:${folder}:${version}`;
}

/** The environment of the sandbox, in place of the user's AWS. */
function inSandbox(sandbox: Sandbox, cwd: string, context: Context): Context {
  const plain = Object.fromEntries(Object.entries(context.env).filter(([name]) => !/^(AWS_|LADING_)/.test(name)));
  return { ...context, cwd, env: { ...plain, ...sandbox.env } };
}

/** A repository and a service with a placeholder that is built and pushed like any app. */
export async function firstService(sandbox: Sandbox, base: string, folder: string, context: Context): Promise<string> {
  const app = join(folder, 'placeholder');
  await replaceFile(
    join(app, 'package.json'),
    '{ "name": "placeholder", "private": true, "scripts": { "start": "node server.js" } }\n',
  );
  await replaceFile(
    join(app, 'server.js'),
    "require('node:http').createServer((_, answer) => answer.end('placeholder')).listen(process.env.PORT);\n",
  );
  sandbox.createRepository('harbour');
  const inside = inSandbox(sandbox, app, context);
  const { pushed } = await deliver(
    await imageValues(app, base, context),
    {
      layout: await openLayout(join(app, '.lading/image')),
      repository: openRegistry(`${sandbox.host}/harbour`, inside, {}),
      tags: ['placeholder'],
      cacheFrom: undefined,
      dryRun: false,
    },
    inside,
  );
  await makeSandboxService(sandbox, { name: 'harbour', image: pushed.reference, circuitBreaker: true });
  const url = await sandbox.serviceUrl('default', 'harbour');
  await withTask(context, 'Wait for the placeholder', () => fetchPage(url, context, 'placeholder'));
  return url;
}

export async function shipApp(sandbox: Sandbox, base: string, app: string, context: Context): Promise<Bill> {
  const name = 'harbour';
  const image = {
    name,
    values: await imageValues(app, base, context),
    to: parseReference(`${sandbox.host}/harbour`),
    tags: [],
    cacheFrom: undefined,
    output: undefined,
    place: 'image',
    where: () => 'demo',
  };
  const service = {
    name,
    cluster: 'default',
    service: name,
    region: undefined,
    images: [{ from: 'release' as const, container: undefined, image: name }],
    env: [],
    taskDefinition: undefined,
    force: false,
    desiredCount: undefined,
    wait: 'deployed' as const,
    timeoutMs: 120_000,
    failFast: true,
    ifUnchanged: 'attach' as const,
    after: [],
    smoke: undefined,
    where: () => 'demo',
  };
  const release = { images: [image], tasks: [], services: [service] };
  return shipRelease(release, { dryRun: false }, inSandbox(sandbox, app, context));
}

async function imageValues(app: string, base: string, context: Context) {
  return {
    app,
    base,
    builder: 'auto' as const,
    platform: [await ownPlatform(context)],
    imageEnv: undefined,
    label: undefined,
    user: undefined,
    entrypoint: undefined,
    compression: 'gzip' as const,
    include: undefined,
    passEnv: undefined,
  };
}

async function ownPlatform(context: Context): Promise<Platform> {
  const { stdout } = await context.exec('node', ['-p', 'process.arch'], { signal: context.signal });
  const architecture = stdout.trim();
  return { os: 'linux', architecture: architecture === 'x64' ? 'amd64' : architecture };
}

/** Asks until the page is there; a task may have a moment to go. */
export async function fetchPage(url: string, context: Context, word = ''): Promise<string> {
  for (let tries = 0; ; tries++) {
    const answer = await context.http(url, { signal: context.signal }).catch(() => undefined);
    const page = (await answer?.text()) ?? '';
    if (answer?.status === 200 && page.includes(word)) return page;
    if (tries >= 40)
      throw new LadingError('deploy-failed', `${url} answers ${answer?.status ?? 'nothing'}`, { code: 'NO_PAGE' });
    await context.clock.sleep(250, context.signal);
  }
}
