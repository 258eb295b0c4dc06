import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openAws } from '../../src/aws/session.js';
import type { Bill } from '../../src/release/paper/bill.js';
import { writeHostBase } from '../../src/image/host-base.js';
import type { DockerEngine } from '../support/docker-engine.js';
import { startDockerEngine } from '../support/docker-engine.js';
import type { RunningLading } from '../support/command-line.js';
import { lading, startLading } from '../support/command-line.js';
import { writeNodeApp } from '../support/node-app.js';
import { testWorld } from '../support/world.js';

const run = promisify(execFile);
const work = mkdtempSync(join(tmpdir(), 'lading-demo-'));
/** npm keeps its packages there. */
const npm = { npm_config_cache: process.env.npm_config_cache ?? join(process.env.HOME ?? work, '.npm') };
let engine: DockerEngine | undefined;

beforeAll(async () => {
  engine = await startDockerEngine();
}, 240_000);
afterAll(async () => {
  await engine?.close();
  rmSync(work, { recursive: true, force: true });
});

interface Demo {
  readonly url: string;
  readonly ships: readonly { readonly title: string; readonly page: string; readonly bill: Bill }[];
}

/** Resolves with the whole of stdout as soon as it makes sense; the program goes on. */
async function firstWord<Result>({ child, ended }: RunningLading, parse: (text: string) => Result): Promise<Result> {
  let text = '';
  const said = new Promise<Result>((resolve) => {
    child.stdout?.on('data', (piece: string) => {
      text += piece;
      try {
        resolve(parse(text));
      } catch {
        // Not all of it is there yet.
      }
    });
  });
  const early = ended.then(({ code, stderr }) => Promise.reject(new Error(`ended with ${code}: ${stderr}`)));
  return Promise.race([said, early]);
}

test('the demo: shipped, one line changed, nothing changed, broken; then it waits for Ctrl-C', async () => {
  const running = startLading(['demo', '--dir', join(work, 'demo'), '--json', '--keep'], { cwd: work, env: npm });
  const { url, ships } = await firstWord(running, (text) => JSON.parse(text) as Demo);
  const moved = ships.map(({ bill }) =>
    (bill.images[0]?.layers ?? []).filter((layer) => !layer.reused).map((layer) => layer.kind),
  );
  expect(ships.map(({ title, page }, at) => [title, ships[at]?.bill.outcome, page, moved[at]])).toEqual([
    ['First ship', 'steady', 'Cargo aboard, version one', ['node_modules', 'public', 'static', 'app']],
    ['One line changed', 'steady', 'Cargo aboard, version two', ['app']],
    ['The same again: nothing to do', 'unchanged', 'Cargo aboard, version two', []],
    ['A broken version', 'rolled-back', 'Cargo aboard, version two', ['app']],
  ]);
  const [first, second, same, broken] = ships.map(({ bill }) => bill);
  expect(first?.services[0]).toMatchObject({ registered: true, deployment: { status: 'SUCCESSFUL' } });
  expect(second?.images[0]?.bytesUploaded).toBeLessThan((first?.images[0]?.bytesUploaded ?? 0) / 10);
  expect(same?.images[0]?.bytesUploaded).toBe(0);
  expect(same?.images[0]?.digest).toBe(second?.images[0]?.digest);
  expect(same?.commit).toEqual(second?.commit);
  expect(broken?.commit?.sha).not.toBe(second?.commit?.sha);
  expect(broken?.services[0]?.cause).toMatchObject({
    container: 'web',
    exitCode: 1,
    logs: expect.arrayContaining(['DATABASE_URL is not set: the orders cannot be read']) as unknown,
  });

  const page = await (await fetch(url)).text();
  expect(page).toContain('Cargo aboard, version two');
  running.child.kill('SIGINT');
  const { code, stderr } = await running.ended;
  expect(code, stderr).toBe(0);
  await expect(fetch(url)).rejects.toThrow();
  expect(stderr).toContain('rolled-back: ');
  expect(stderr).toMatch(/── Where the time went\n +build +push +deploy +total\nFirst ship .*\nOne line changed .*\n/);
  expect(stderr).not.toContain('\u001b');
}, 300_000);

test('the demo in Docker Engine', async (context) => {
  if (!engine) return context.skip();
  const env = { ...npm, DOCKER_HOST: engine.env.DOCKER_HOST ?? '' };
  const ended = await lading(['demo', '--dir', join(work, 'demo'), '--tasks', 'docker'], { cwd: work, env });
  expect(ended.code, ended.stderr).toBe(0);
  expect(ended.stdout).toMatch(/^The demo took \S+( \S+)*\.\n$/);
  expect(ended.stderr.match(/^(steady|unchanged|rolled-back): .*$/gm)).toEqual([
    expect.stringContaining('version one') as string,
    expect.stringContaining('version two') as string,
    expect.stringContaining('version two') as string,
    expect.stringContaining('Essential container in task exited') as string,
  ]);
  expect(ended.stderr).toContain('web | DATABASE_URL is not set: the orders cannot be read');
  expect((await run('docker', ['ps', '--all', '--quiet'], { env: engine.env })).stdout).toBe('');
}, 300_000);

test('a sandbox whose tasks run in Docker Engine', async (context) => {
  if (!engine) return context.skip();
  const dockerEnv = { DOCKER_HOST: engine.env.DOCKER_HOST ?? '' };
  const running = startLading(['sandbox', '--tasks', 'docker', '--repository', 'shop'], { cwd: work, env: dockerEnv });
  const text = await firstWord(running, (said) => {
    if (!said.includes('# registry: ')) throw new Error('not yet');
    return said;
  });
  const env: Record<string, string> = {};
  for (const [, name = '', value = ''] of text.matchAll(/^export (\w+)=(.*)$/gm)) env[name] = value;
  const registry = /# registry: (\S+)/.exec(text)?.[1] ?? '';
  const app = writeNodeApp();
  const world = testWorld({ env });
  try {
    const node = { binary: process.execPath, version: process.versions.node };
    const base = `oci:${(await writeHostBase(join(work, 'demo/base'), node, world)).directory}:${node.version}`;
    const options = { cwd: work, env };
    const built = await lading(['build', '--app', app, '--base', base], options);
    expect(built.code, built.stderr).toBe(0);
    const pushed = await lading(['push', '--to', `${registry}/shop:v1`], options);
    expect(pushed.code, pushed.stderr).toBe(0);
    const ecs = (await openAws(world)).api('ecs');
    await ecs.call('RegisterTaskDefinition', {
      family: 'shop',
      containerDefinitions: [
        { name: 'web', image: pushed.stdout.trim(), memory: 256, portMappings: [{ containerPort: 3000 }] },
      ],
    });
    await ecs.call('CreateService', { serviceName: 'shop', taskDefinition: 'shop', desiredCount: 1 });
    const deployed = await lading(
      ['deploy', '--cluster', 'default', '--service', 'shop', '--force-new-deployment', '--json'],
      options,
    );
    expect(deployed.code, deployed.stderr).toBe(0);

    const docker = async (...args: string[]) => (await run('docker', args, { env: engine?.env })).stdout.trim();
    const [name = '', ...others] = (await docker('ps', '--format', '{{.Names}}')).split('\n');
    expect(others).toEqual([]);
    const shown = JSON.parse(await docker('inspect', name)) as { Config: { Env: string[]; Image: string } }[];
    expect(shown[0]?.Config.Image).toBe(pushed.stdout.trim());
    const port = shown[0]?.Config.Env.find((one) => one.startsWith('PORT='))?.slice(5);
    expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe('hello');

    running.child.kill('SIGTERM');
    expect((await running.ended).code).toBe(0);
    expect(await docker('ps', '--all', '--quiet')).toBe('');
  } finally {
    running.child.kill('SIGTERM');
    world.close();
    rmSync(app, { recursive: true, force: true });
  }
}, 120_000);
