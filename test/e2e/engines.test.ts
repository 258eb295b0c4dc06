import { execFile, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BuildResult } from '../../src/commands/build.js';
import { writeHostBase } from '../../src/image/host-base.js';
import { prepareDemoApp } from '../../src/rehearsal/demo-app.js';
import type { PushResult } from '../../src/release/images/send.js';
import { freePort } from '../../src/sandbox/port.js';
import { lading } from '../support/command-line.js';
import type { DockerEngine } from '../support/docker-engine.js';
import { startDockerEngine } from '../support/docker-engine.js';
import type { DockerRegistry } from '../support/docker-registry.js';
import { startDockerRegistry } from '../support/docker-registry.js';
import { requireTool } from '../support/tools.js';
import { unpackImage } from '../support/unpack-image.js';
import { testWorld } from '../support/world.js';

const exec = promisify(execFile);
const work = mkdtempSync(join(tmpdir(), 'lading-engines-'));
const app = join(work, 'app');
const world = testWorld({ env: process.env, cwd: work });
let registry: DockerRegistry | undefined;
let engine: DockerEngine | undefined;
let image = '';
let digest = '';

async function run<Result>(verb: 'build' | 'push', args: readonly string[], env = {}): Promise<Result> {
  const ended = await lading([verb, ...args, '--json'], { cwd: work, env });
  expect(ended.code, ended.stderr).toBe(0);
  return JSON.parse(ended.stdout) as Result;
}
const buildImage = (folder: string, output: string) => {
  const base = `oci:${join(work, 'base')}:${process.versions.node}`;
  const platform = `linux/${process.arch === 'x64' ? 'amd64' : process.arch}`;
  return run<BuildResult>('build', ['--app', folder, '--base', base, '--output', output, '--platform', platform]);
};

/** One of each kind that Next.js makes at build and makes again every two seconds: page, route, page of the old router. */
const TIMED = {
  '/tick': 'app/tick/page.jsx',
  '/feed': 'app/feed/route.js',
  '/tock': 'pages/tock.jsx',
} as const;

function addTimedPages(): void {
  const texts: Readonly<Record<keyof typeof TIMED, string>> = {
    '/tick': 'export const revalidate = 2;\nexport default () => <p>at {Date.now()}</p>;\n',
    '/feed': 'export const revalidate = 2;\nexport const GET = () => Response.json({ at: Date.now() });\n',
    '/tock':
      'export default ({ at }) => <p>at {at}</p>;\nexport const getStaticProps = () => ({ props: { at: Date.now() }, revalidate: 2 });\n',
  };
  for (const [path, file] of Object.entries(TIMED)) {
    mkdirSync(dirname(join(app, file)), { recursive: true });
    writeFileSync(join(app, file), texts[path as keyof typeof TIMED]);
  }
}

beforeAll(async () => {
  registry = await startDockerRegistry();
  engine = await startDockerEngine();
  await prepareDemoApp(app, world);
  addTimedPages();
  await writeHostBase(join(work, 'base'), { binary: process.execPath, version: process.versions.node }, world);
  digest = (await buildImage(app, join(work, 'image'))).digest;
  if (!registry) return;
  const to = `${registry.host}/harbour:v1`;
  const login = { DOCKER_CONFIG: registry.config };
  image = (await run<PushResult>('push', ['--to', to, '--from', join(work, 'image')], login)).reference;
}, 240_000);
afterAll(async () => {
  world.close();
  await engine?.close();
  registry?.close();
  rmSync(work, { recursive: true, force: true });
});

/** Page, API route, public and static files of the app at a port. */
async function visit(port: number): Promise<void> {
  const url = `http://127.0.0.1:${port}`;
  let page = '';
  for (let tries = 0; tries < 100 && page === ''; tries++) {
    page = await fetch(url).then(
      (answer) => answer.text(),
      () => '',
    );
    if (page === '') await new Promise((resolve) => setTimeout(resolve, 200));
  }
  expect(page).toContain('Cargo aboard, version one');
  expect(await (await fetch(`${url}/api/health`)).json()).toMatchObject({ ok: true });
  expect((await fetch(`${url}/logo.svg`)).headers.get('content-type')).toContain('svg');
  const script = /\/_next\/static\/[^"]+\.js/.exec(page)?.[0] ?? '';
  expect((await fetch(url + script)).status).toBe(200);
}

test('two copies of the folder with other file times give the same digest', async () => {
  const copy = join(work, 'copy');
  cpSync(app, copy, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (file) => !file.includes('/node_modules/') || file.includes('standalone'),
  });
  utimesSync(join(copy, '.next/standalone/server.js'), 1, 1);
  utimesSync(join(copy, 'public/logo.svg'), 2, 2);
  expect((await buildImage(copy, join(work, 'second'))).digest).toBe(digest);
});

/** Every page that is made again changes within a few visits; its time of making grows. */
async function seeTimedPagesChange(port: number): Promise<void> {
  const made = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    expect(answer.status).toBe(200);
    return Number(/\d{13}/.exec(await answer.text())?.[0]);
  };
  for (const path of Object.keys(TIMED)) {
    const first = await made(path);
    expect(first).toBeGreaterThan(0);
    await expect.poll(() => made(path), { timeout: 10_000, interval: 500 }).toBeGreaterThan(first);
  }
}

test('pages with `revalidate` are made again by the server of the image', async () => {
  const root = join(work, 'unpacked');
  await unpackImage(join(work, 'image'), root);
  const port = await freePort();
  const env = { PATH: process.env.PATH, NODE_ENV: 'production', HOSTNAME: '127.0.0.1', PORT: String(port) };
  const child = spawn(process.execPath, ['server.js'], { cwd: join(root, 'app'), env, stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  try {
    await visit(port);
    await seeTimedPagesChange(port);
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}, 120_000);

test('Docker Engine pulls and runs the image, and it stops on SIGTERM', async (context) => {
  if (!engine || !registry) return context.skip();
  const env = { ...engine.env, DOCKER_CONFIG: registry.config };
  await exec('docker', ['pull', '--quiet', image], { env });
  const port = await freePort();
  await exec(
    'docker',
    [
      'run',
      '--detach',
      '--name',
      'web',
      '--network',
      'host',
      '--env',
      `PORT=${port}`,
      '--env',
      'HOSTNAME=127.0.0.1',
      image,
    ],
    { env },
  );
  try {
    await visit(port);
    await seeTimedPagesChange(port);
    const started = Date.now();
    await exec('docker', ['stop', '--time', '20', 'web'], { env });
    expect(Date.now() - started).toBeLessThan(15_000);
    const { stdout } = await exec('docker', ['inspect', '--format', '{{.Config.User}} {{.State.ExitCode}}', 'web'], {
      env,
    });
    expect(stdout.trim()).toMatch(/^1000:1000 (0|143)$/);
  } finally {
    await exec('docker', ['rm', '--force', 'web'], { env });
  }
}, 120_000);

test('podman pulls and runs it too', async (context) => {
  const podman = requireTool('podman');
  if (!podman || !registry) return context.skip();
  const storage = [
    '--root',
    join(work, 'podman'),
    '--runroot',
    join(work, 'podman-run'),
    '--storage-driver',
    'vfs',
    '--cgroup-manager',
    'cgroupfs',
  ];
  writeFileSync(
    join(work, 'auth.json'),
    JSON.stringify({ auths: { [registry.host]: { auth: Buffer.from('AWS:secret').toString('base64') } } }),
  );
  await exec(podman, [
    ...storage,
    'pull',
    '--quiet',
    '--tls-verify=false',
    '--authfile',
    join(work, 'auth.json'),
    image,
  ]);
  const port = await freePort();
  const child = spawn(
    podman,
    [
      ...storage,
      'run',
      '--rm',
      '--name',
      'web-podman',
      // The defaults of podman are more than some machines allow.
      '--ulimit',
      'nofile=1024:1024',
      '--ulimit',
      'nproc=1024:1024',
      '--network',
      'host',
      '--env',
      `PORT=${port}`,
      '--env',
      'HOSTNAME=127.0.0.1',
      image,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let said = '';
  child.stderr.on('data', (piece: Buffer) => (said += piece.toString()));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  try {
    await Promise.race([visit(port), ended.then(() => Promise.reject(new Error(`podman ended: ${said}`)))]);
  } finally {
    await exec(podman, [...storage, 'stop', '--time', '20', 'web-podman']).catch(() => undefined);
    await ended;
    if (existsSync(join(work, 'podman')))
      await exec(podman, [...storage, 'rmi', '--all', '--force']).catch(() => undefined);
  }
}, 120_000);
