import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { BuildResult } from '../../src/commands/build.js';
import { openLayout } from '../../src/image/layout/layout.js';
import { isIndex, parseImageIndex } from '../../src/oci/manifest.js';
import { lading, startLading } from '../support/command-line.js';
import { writeFailingApp, writeSecretApp, writeShellApp, writeTwoPlatformApp } from '../support/dockerfile-apps.js';
import type { TestEngine } from '../support/dockerfile-engines.js';
import { startBuildah, startDocker } from '../support/dockerfile-engines.js';
import type { DockerRegistry } from '../support/docker-registry.js';
import { startDockerRegistry } from '../support/docker-registry.js';
import { requireTool } from '../support/tools.js';
import { unpackImage } from '../support/unpack-image.js';

const SECRET = 'sesame-open-4711';
const work = mkdtempSync(join(tmpdir(), 'lading-dockerfile-work-'));
let registry: DockerRegistry | undefined;
let busybox: string | undefined;
const engines = new Map<string, TestEngine>();
let app = '';
let repositories = 0;

beforeAll(async () => {
  busybox = requireTool('busybox');
  registry = await startDockerRegistry();
  for (const engine of [await startDocker(), startBuildah(join(work, 'buildah'))])
    if (engine) engines.set(engine.name, engine);
}, 240_000);
afterEach(() => rmSync(app, { recursive: true, force: true }));
afterAll(async () => {
  for (const engine of engines.values()) await engine.close();
  registry?.close();
  rmSync(work, { recursive: true, force: true });
}, 60_000);

describe.each(['docker', 'buildah'] as const)('%s', (name) => {
  let engine: TestEngine;
  let server: DockerRegistry;
  let to = '';
  beforeEach((context) => {
    const found = engines.get(name);
    if (!found || !registry || !busybox) return context.skip();
    engine = found;
    server = registry;
    to = `${registry.host}/app${++repositories}:v1`;
  });

  const start = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    startLading(['build', '--builder', 'dockerfile', '--engine', name, '--build-network', 'none', ...args, '--json'], {
      cwd: app,
      env: { ...engine.env, DOCKER_CONFIG: server.config, ...env },
    });
  const run = (...more: Parameters<typeof start>) => start(...more).ended;
  async function push(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
    const before = server.requests().length;
    const ended = await run(['--to', to, '--push', ...args], env);
    expect(ended.code, ended.stderr).toBe(0);
    const result = JSON.parse(ended.stdout) as BuildResult;
    // The log has every request, so it tells what went, whatever we say of it.
    const sent = server
      .requests()
      .slice(before)
      .filter((request) => request.startsWith('PUT ') && request.includes('/blobs/uploads/'));
    return { result, pushed: result.pushed as NonNullable<BuildResult['pushed']>, sent, text: ended.stderr };
  }
  /** Layers of the image that are there before anything is built. */
  const nothingLeft = async () => {
    expect(await engine.leftovers()).toEqual([]);
    expect(existsSync(join(app, '.lading/image/.lading-tmp'))).toBe(false);
  };

  test('an app that is not Node is built, pushed and run; the same again sends nothing, one file sends one layer', async () => {
    app = writeShellApp(busybox as string);
    const first = await push();
    expect(first.result.layers).toHaveLength(4);
    expect(first.sent).toHaveLength(5);
    expect(await engine.run(first.pushed.reference, server)).toBe('ahoy\nsettings\nfirst words\n');
    await nothingLeft();

    const second = await push();
    expect(second.result.digest).toBe(first.result.digest);
    expect([second.sent, second.pushed.bytesUploaded]).toEqual([[], 0]);

    writeFileSync(join(app, 'words'), 'other words\n');
    const third = await push();
    const known = new Set(first.result.layers.map(({ digest }) => digest));
    const fresh = third.result.layers.filter(({ digest }) => !known.has(digest));
    expect(fresh).toMatchObject([{ kind: expect.stringMatching(/^COPY .*\/words$/) as string }]);
    // The layer and the config.
    expect(third.sent).toHaveLength(2);
    expect(await engine.run(third.pushed.reference, server)).toBe('ahoy\nsettings\nother words\n');
  }, 240_000);

  test('a secret is read by a stage, is in no layer and in no word that anybody sees', async () => {
    app = writeSecretApp(busybox as string);
    const { pushed, text } = await push(['--secret', 'id=token,env=OWN_TOKEN'], { OWN_TOKEN: SECRET });
    expect(await engine.run(pushed.reference, server)).toBe(`${SECRET.length}\n`);
    expect(text).toContain('the token is ***');
    expect(text).not.toContain(SECRET);
    rmSync(join(app, '.lading'), { recursive: true });
    // Without a target the layout holds all layers.
    const ended = await run(['--secret', 'id=token,env=OWN_TOKEN'], { OWN_TOKEN: SECRET });
    expect(ended.code, ended.stderr).toBe(0);
    await unpackImage(join(app, '.lading/image'), join(app, 'unpacked'));
    expect(existsSync(join(app, 'unpacked/length'))).toBe(true);
    expect(spawnSync('grep', ['-r', '--text', '-l', SECRET, app], { encoding: 'utf8' }).stdout).toBe('');
  }, 240_000);

  test('two platforms make an index, each with its own files', async () => {
    app = writeTwoPlatformApp(busybox as string);
    const platforms = ['--platform', 'linux/amd64', '--platform', 'linux/arm64'];
    const { result, pushed } = await push(platforms);
    expect(result.platform).toEqual(['linux/amd64', 'linux/arm64']);
    const layout = await openLayout(join(app, '.lading/image'));
    const raw = await layout.manifest('latest');
    expect(raw && isIndex(raw) && parseImageIndex(raw).manifests.map(({ platform }) => platform)).toEqual([
      { os: 'linux', architecture: 'amd64' },
      { os: 'linux', architecture: 'arm64' },
    ]);
    const own = process.arch === 'x64' ? 'amd64' : process.arch;
    expect(await engine.run(pushed.reference, server)).toBe(`made for ${own}\n`);
    expect((await push(platforms)).sent).toEqual([]);
  }, 240_000);

  test('a step that fails is told by its line and its last words, with exit code 6', async () => {
    app = writeFailingApp(busybox as string);
    const ended = await run([]);
    expect(ended.code, ended.stderr).toBe(6);
    const { error } = JSON.parse(ended.stdout) as { error: { code: string; message: string; details: object } };
    expect(error).toMatchObject({
      code: 'BUILD_FAILED',
      message: expect.stringMatching(/\/Dockerfile:5: RUN .* ended with exit code 3: the file is gone$/) as string,
      details: { line: 5, lastLines: ['looking', 'the file is gone'] },
    });
    await nothingLeft();
  }, 120_000);

  test('an image that cannot be pulled, and a stage and a file that are not there', async () => {
    app = writeFailingApp(busybox as string);
    const put = (text: string) => writeFileSync(join(app, 'Dockerfile'), text);
    const failed = async (text: string, ...args: readonly string[]) => {
      put(text);
      const ended = await run(args);
      return [ended.code, (JSON.parse(ended.stdout) as { error: { code: string; message: string } }).error] as const;
    };
    const [code, error] = await failed('# none\nFROM 127.0.0.1:1/base/image:v1\nCOPY busybox /\n');
    expect([code, error.code]).toEqual([4, 'BASE_UNAVAILABLE']);
    expect(error.message).toMatch(
      /\/Dockerfile:2: .* cannot pull 127\.0\.0\.1:1\/base\/image:v1: .*connection refused/,
    );

    const [, copied] = await failed('FROM scratch\nCOPY busybox /\nCOPY gone /\n');
    expect(copied).toMatchObject({
      code: 'BUILD_FAILED',
      message: expect.stringMatching(/:3: COPY gone \/ failed: .*gone/) as string,
      hint: expect.stringContaining('.dockerignore') as string,
    });
    const [, unknown] = await failed('FROM scratch\nCOPPY busybox /\n');
    expect(unknown).toMatchObject({
      code: 'DOCKERFILE_INVALID',
      message: expect.stringContaining('Dockerfile:2') as string,
    });
  }, 120_000);

  test('Ctrl-C ends the build, what it started, and leaves nothing', async () => {
    // No other process of this computer has this number among its words by chance.
    const seconds = `600.7306${process.pid}`;
    app = writeFailingApp(busybox as string, seconds);
    const alive = () =>
      execFileSync('ps', ['-eo', 'stat,args'], { encoding: 'utf8' })
        .split('\n')
        .filter((line) => line.includes(`sleep ${seconds}`) && !line.startsWith('Z') && !line.includes('sh -c')).length;
    const running = start([]);
    await expect.poll(alive, { timeout: 60_000 }).toBeGreaterThan(0);
    const started = performance.now();
    running.child.kill('SIGINT');
    expect((await running.ended).code).toBe(130);
    expect(performance.now() - started).toBeLessThan(5000);
    await expect.poll(alive, { timeout: 15_000 }).toBe(0);
    await expect.poll(() => engine.leftovers(), { timeout: 15_000 }).toEqual([]);
    expect(existsSync(join(app, '.lading/image/.lading-tmp'))).toBe(false);
    expect(readdirSync(join(app, '.lading')).filter((entry) => entry.endsWith('.lock'))).toEqual([]);
  }, 120_000);
});

test('without an engine each is told with its reason', async () => {
  app = mkdtempSync(join(tmpdir(), 'lading-dockerfile-'));
  writeFileSync(join(app, 'Dockerfile'), 'FROM scratch\nCOPY . .\n');
  const ended = await lading(['build'], { cwd: app, env: { PATH: '/nonexistent' } });
  expect(ended.code).toBe(6);
  expect(ended.stderr).toMatch(
    /nothing here can build the Dockerfile: docker is not installed; buildah is not installed; podman is not installed/,
  );
});
