import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { BuildResult } from '../../src/commands/build.js';
import { openLayout } from '../../src/image/layout/layout.js';
import { startSandbox } from '../../src/sandbox/start.js';
import { lading, startLading } from '../support/command-line.js';
import { writeTinyBase } from '../support/node-app.js';

/** Package managers take their time. */
const PATIENT = { timeout: 20_000 };
let app = '';
let base = '';
beforeAll(async () => {
  base = (await writeTinyBase()).directory;
});
afterAll(() => rmSync(base, { recursive: true }));
beforeEach(() => {
  app = mkdtempSync(join(tmpdir(), 'lading-app-'));
});
afterEach(() => rmSync(app, { recursive: true, force: true }));

function put(name: string, content: string | object = '') {
  mkdirSync(dirname(join(app, name)), { recursive: true });
  writeFileSync(join(app, name), typeof content === 'string' ? content : JSON.stringify(content));
}
/** What `next build` leaves behind, by a script of our own: Next.js itself takes its time. */
function putNextApp(script: string): void {
  put('next.config.mjs', "export default { output: 'standalone' };");
  put('package.json', { scripts: { build: 'node build.cjs' } });
  put(
    'build.cjs',
    `const { mkdirSync, writeFileSync } = require('node:fs');
mkdirSync('.next/standalone', { recursive: true });
${script}
writeFileSync('.next/standalone/server.js', '');
writeFileSync('.next/required-server-files.json', '{}');
writeFileSync('.next/BUILD_ID', 'id');
`,
  );
}
const args = (...more: readonly string[]) => ['build', '--base', `oci:${base}`, ...more];
const run = (more: readonly string[] = [], env: Readonly<Record<string, string>> = {}) =>
  lading(args(...more), { cwd: app, env });
const alive = (text: string) =>
  execFileSync('ps', ['-eo', 'stat,args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(text) && !line.startsWith('Z')).length;

describe('two builds into one folder', () => {
  test('wait for each other, and both are well', async () => {
    putNextApp("writeFileSync('.next/started', ''); require('node:child_process').execSync('sleep 2');");
    const first = startLading(args('--json'), { cwd: app });
    await expect.poll(() => existsSync(join(app, '.next/started')), PATIENT).toBe(true);
    const [one, two] = await Promise.all([first.ended, run(['--json'])]);
    expect([one.code, two.code], one.stderr + two.stderr).toEqual([0, 0]);
    expect(two.stderr).toMatch(/Another run of lading \(process \d+\) works on the image in .*: this one waits for it/);
    expect((JSON.parse(two.stdout) as BuildResult).digest).toBe((JSON.parse(one.stdout) as BuildResult).digest);
    expect((await openLayout(join(app, '.lading/image'))).directory).toBe(join(app, '.lading/image'));
    expect(readdirSync(join(app, '.lading')).sort()).toEqual(['.gitignore', 'image']);
  });

  test('do not wait for one that was killed', async () => {
    putNextApp("writeFileSync('.next/started', ''); require('node:child_process').execSync('sleep 1.7304');");
    const first = startLading(args(), { cwd: app });
    await expect.poll(() => existsSync(join(app, '.next/started')), PATIENT).toBe(true);
    first.child.kill('SIGKILL');
    await first.ended;
    const second = await run();
    expect(second.code, second.stderr).toBe(0);
    expect(readdirSync(join(app, '.lading')).sort()).toEqual(['.gitignore', 'image']);
  });

  test('may be cancelled while they wait', async () => {
    put('package.json', { main: 'index.js' });
    put('index.js');
    put('.lading/image.lock', JSON.stringify({ host: hostname(), pid: process.pid, id: 'x' }));
    const waiting = startLading(args(), { cwd: app });
    let said = '';
    waiting.child.stderr?.on('data', (text: string) => (said += text));
    await expect.poll(() => said, PATIENT).toContain('waits for it');
    waiting.child.kill('SIGTERM');
    expect((await waiting.ended).code).toBe(130);
    expect(readFileSync(join(app, '.lading/image.lock'), 'utf8')).toContain(`"pid":${process.pid}`);
  });
});

test('a cancelled build ends the build script and what it started', async () => {
  // No other process of this computer has this number among its words by chance.
  const seconds = `60.7305${process.pid}`;
  putNextApp(`require('node:child_process').execSync('sleep 1 & sleep ${seconds}');`);
  const running = startLading(args(), { cwd: app });
  await expect.poll(() => alive(seconds), PATIENT).toBeGreaterThan(0);
  const started = performance.now();
  running.child.kill('SIGTERM');
  expect((await running.ended).code).toBe(130);
  expect(performance.now() - started).toBeLessThan(2500);
  expect(alive(seconds)).toBe(0);
});

test('a build script sees no secret of ours, but what --pass-env names', async () => {
  putNextApp("writeFileSync('.next/env.json', JSON.stringify(Object.keys(process.env)));");
  const env = {
    AWS_SECRET_ACCESS_KEY: 'a',
    GITHUB_TOKEN: 'b',
    LADING_USER: '1:1',
    ACTIONS_RUNTIME_TOKEN: 'c',
    OWN: 'd',
  };
  const ended = await run(['--pass-env', 'GITHUB_TOKEN'], env);
  expect(ended.code, ended.stderr).toBe(0);
  const seen = JSON.parse(readFileSync(join(app, '.next/env.json'), 'utf8')) as string[];
  expect(Object.keys(env).filter((name) => seen.includes(name))).toEqual(['GITHUB_TOKEN', 'OWN']);
});

test('a build script that fails is told by its first error', async () => {
  putNextApp("console.error('TypeError: x is no function'); console.error('npm error code 1'); process.exit(3);");
  const ended = await run();
  expect(ended.code).toBe(6);
  expect(ended.stderr).toMatch(/npm run build in .* ended with exit code 3: TypeError: x is no function\n/);
});

describe('the folder .lading', () => {
  beforeEach(() => {
    put('package.json', { main: 'index.js' });
    put('index.js');
  });

  test('keeps itself out of git', async () => {
    execFileSync('git', ['init', '--quiet'], { cwd: app });
    expect((await run()).code).toBe(0);
    const status = execFileSync('git', ['status', '--porcelain'], { cwd: app, encoding: 'utf8' });
    expect(status).toBe('?? index.js\n?? package.json\n');
  });

  test('that is there is left as it is, and one with another name gets nothing', async () => {
    mkdirSync(join(app, '.lading'));
    expect((await run()).code).toBe(0);
    expect(readdirSync(join(app, '.lading'))).toEqual(['image']);
    expect((await run(['--output', 'out/image'])).code).toBe(0);
    expect(readdirSync(join(app, 'out'))).toEqual(['image']);
  });
});

describe('a folder that cannot be packed is refused', () => {
  test.each<[string, () => void, RegExp]>([
    ['nothing is in it', () => undefined, /no builder knows how to pack .*no next\.config.*no package\.json/],
    [
      'a broken package.json',
      () => put('package.json', '{\n  "main": x\n}'),
      /package\.json:2:11: Unexpected character 'x'/,
    ],
    [
      'a package.json that is a pipe',
      () => void execFileSync('mkfifo', [join(app, 'package.json')]),
      /cannot read .*package\.json: it is no regular file/,
    ],
    [
      'an exported app',
      () => put('next.config.js', "module.exports = { output: 'export' }"),
      /exported as static files[\s\S]*hint: .*output: 'standalone'/,
    ],
    [
      'a broken package of its workspace',
      () => {
        put('package.json', { main: 'index.js', workspaces: ['a'], dependencies: { a: '1' } });
        put('index.js');
        put('node_modules/a/package.json', '{"name": "a",,}');
      },
      /node_modules\/a\/package\.json:1:14: /,
    ],
  ])('%s', async (_name, arrange, words) => {
    arrange();
    const ended = await run();
    expect(ended.code, ended.stderr).toBe(2);
    expect(ended.stderr).toMatch(words);
  });
});

test('auto says why it chose, when asked to be verbose', async () => {
  put('package.json', { main: 'index.js' });
  put('index.js');
  expect((await run(['--verbose'])).stderr).toContain(
    'packed as a Node app (--builder node): its package.json has a main',
  );
  expect((await run()).stderr).not.toContain('packed as');
});

test('--push goes where lading.yml says, and without it what the file says of a target makes no difference', async () => {
  const sandbox = await startSandbox();
  try {
    sandbox.createRepository('shop');
    put('package.json', { name: 'x', main: 'a.js', scripts: { start: 'node a.js' } });
    put('a.js', 'console.log(1)');
    put('lading.yml', `region: ${sandbox.region}\npush: { to: "${sandbox.host}/shop", tag: [v1] }\n`);
    const pushed = await run(['--push', '--json'], sandbox.env);
    expect(pushed.code, pushed.stderr).toBe(0);
    const { digest } = JSON.parse(pushed.stdout) as BuildResult;
    expect(JSON.parse(pushed.stdout)).toMatchObject({ pushed: { digest, tags: ['v1'] } });
    const alone = await run(['--json']);
    expect(alone.code, alone.stderr).toBe(0);
    expect((JSON.parse(alone.stdout) as BuildResult).digest).toBe(digest);
  } finally {
    await sandbox.close();
  }
});
