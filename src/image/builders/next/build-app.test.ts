import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TestWorld } from '../../../../test/support/world.js';
import { testWorld } from '../../../../test/support/world.js';
import { ensureBuilt } from './build-app.js';

let app = '';
let world: TestWorld;
let builds: string[];
let seen: TestWorld['env'] | undefined;
let exitCode = 0;

beforeEach(() => {
  app = mkdtempSync(join(tmpdir(), 'lading-build-'));
  put('package.json', '{}');
  put('app/page.js', 'one');
  put('public/logo.svg', 'one');
  builds = [];
  exitCode = 0;
  const plain = testWorld({ cwd: app });
  const exec: TestWorld['exec'] = async (program, args = [], options = {}) => {
    builds.push([program, ...args].join(' '));
    seen = options.env;
    options.onLine?.('Failed to compile: page.js', 'stderr');
    if (exitCode === 0) put(`${output}/BUILD_ID`, 'id');
    if (exitCode === 0) put(`${output}/required-server-files.json`, '{}');
    return { code: exitCode, stdout: '', stderr: '' };
  };
  world = { ...plain, exec };
});
afterEach(() => {
  world.close();
  rmSync(app, { recursive: true });
});

let output = '.next';
function put(name: string, text: string) {
  mkdirSync(dirname(join(app, name)), { recursive: true });
  writeFileSync(join(app, name), text);
}
const build = async (passEnv: readonly string[] = []) => {
  builds.length = 0;
  await ensureBuilt({ app, passEnv, output: join(app, 'out/image') }, world);
  return builds;
};

describe('the build of an app', () => {
  test.each(['.next', 'build'])(
    'into %s runs when it is missing and when sources changed, and else not',
    async (folder) => {
      output = folder;
      expect(await build()).toEqual(['npm run build']);
      expect(await build()).toEqual([]);
      put('public/logo.svg', 'two');
      put('README.md', 'two');
      put('lading.yml', '{}');
      expect(await build()).toEqual([]);
      put('app/page.js', 'two');
      expect(await build()).toEqual(['npm run build']);
      output = '.next';
    },
  );

  test('runs again when a package of the workspace changed', async () => {
    const root = mkdtempSync(join(tmpdir(), 'lading-root-'));
    const packages = join(root, 'packages/greet');
    mkdirSync(packages, { recursive: true });
    writeFileSync(join(root, 'package.json'), '{"workspaces":["*"]}');
    writeFileSync(join(packages, 'package.json'), '{}');
    rmSync(app, { recursive: true });
    app = join(root, 'web');
    put('package.json', '{"dependencies":{"greet":"1"}}');
    put('app/page.js', 'one');
    mkdirSync(join(root, 'node_modules'));
    symlinkSync('../packages/greet', join(root, 'node_modules/greet'));
    try {
      expect(await build()).toHaveLength(1);
      expect(await build()).toHaveLength(0);
      writeFileSync(join(packages, 'index.js'), 'two');
      expect(await build()).toHaveLength(1);
    } finally {
      rmSync(root, { recursive: true });
      mkdirSync(app, { recursive: true });
    }
  });

  test('of the user is taken as it is, with a warning when a source is newer', async () => {
    put('.next/BUILD_ID', 'id');
    const warnings = () => world.events.filter((event) => event.type === 'message' && event.level === 'warning');
    for (const name of ['package.json', 'app/page.js']) utimesSync(join(app, name), 1, 1);
    expect(await build()).toEqual([]);
    expect(warnings()).toEqual([]);
    const later = Date.now() / 1000 + 60;
    utimesSync(join(app, 'app/page.js'), later, later);
    expect(await build()).toEqual([]);
    expect(warnings()).toMatchObject([{ text: expect.stringMatching(/^app\/page\.js is newer/) as string }]);
  });

  test.each([
    ['pnpm-lock.yaml', 'pnpm'],
    ['yarn.lock', 'yarn'],
  ])('with %s runs by %s', async (lockfile, manager) => {
    put(lockfile, '');
    expect(await build()).toEqual([`${manager} run build`]);
  });

  test('gets the environment without secrets that are ours, and those that are named', async () => {
    const env = { PATH: '/bin', DATABASE_URL: 'x', LADING_TO: 'x', GITHUB_TOKEN: 'x', AWS_SECRET_ACCESS_KEY: 'x' };
    world = { ...world, env };
    await build();
    expect(Object.keys(seen ?? {}).sort()).toEqual(['DATABASE_URL', 'NEXT_TELEMETRY_DISABLED', 'NODE_ENV', 'PATH']);
    put('app/page.js', 'two');
    await build(['GITHUB_TOKEN']);
    expect(seen).toHaveProperty('GITHUB_TOKEN');
    exitCode = 1;
    put('app/page.js', 'three');
    await expect(build(['GITHUB_TOKEN'])).rejects.toMatchObject({
      hint: expect.stringMatching(/It ran without AWS_SECRET_ACCESS_KEY: name .* --pass-env\.$/) as string,
    });
  });

  test('that fails tells the last line and leaves nothing that looks built', async () => {
    exitCode = 1;
    await expect(build()).rejects.toMatchObject({
      kind: 'tool',
      code: 'BUILD_FAILED',
      message: expect.stringContaining('exit code 1: Failed to compile: page.js') as string,
    });
    exitCode = 0;
    expect(await build()).toHaveLength(1);
  });
});
