import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { withParents } from '../../src/image/layer/entry.js';
import { readDockerignore } from '../../src/image/layer/ignore.js';
import { walkFolder } from '../../src/image/layer/walk.js';
import type { DockerEngine } from '../support/docker-engine.js';
import { startDockerEngine } from '../support/docker-engine.js';

const run = promisify(execFile);
const work = mkdtempSync(join(tmpdir(), 'lading-ignore-'));
const context = join(work, 'context');
let engine: DockerEngine | undefined;

const FILES = [
  'a.log',
  'b.txt',
  'docs/a.md',
  'docs/keep/a.md',
  'docs/keep/deep/b.md',
  'docs/README.md',
  'src/a.log',
  'src/lib/b.log',
  'src/lib/c.ts',
  'src/node/[id].ts',
  'dist/index.js',
  'dist/index.js.map',
  'foo.d/x',
  'food/x',
  '.hidden/x',
  'with space/x y',
  'ünï/ö.txt',
  '#hash',
  '!bang',
];

beforeAll(async () => {
  engine = await startDockerEngine();
}, 120_000);
afterAll(async () => {
  await engine?.close();
  rmSync(work, { recursive: true, force: true });
});
beforeEach(() => {
  rmSync(context, { recursive: true, force: true });
  for (const file of FILES) {
    mkdirSync(dirname(join(context, file)), { recursive: true });
    writeFileSync(join(context, file), file);
  }
  mkdirSync(join(context, 'empty/inside'), { recursive: true });
});

/** The oldest builder needs no plugin and reads the patterns as the newest does. */
async function byDocker(own: NodeJS.ProcessEnv): Promise<string[]> {
  const env = { ...own, DOCKER_BUILDKIT: '0' };
  const file = join(work, 'Dockerfile');
  writeFileSync(file, 'FROM scratch\nCOPY . /context/\nCMD ["none"]\n');
  const built = await run('docker', ['build', '--quiet', '--no-cache', '--file', file, context], { env });
  const container = (await run('docker', ['create', built.stdout.trim()], { env })).stdout.trim();
  const archive = join(work, 'out.tar');
  await run('docker', ['export', '--output', archive, container], { env });
  await run('docker', ['rm', container], { env });
  const { stdout } = await run('tar', ['--quoting-style=literal', '-tf', archive, 'context']);
  return stdout
    .split('\n')
    .map((line) => line.replace(/^context\//, '').replace(/\/$/, ''))
    .filter((name) => name !== '' && name !== '.dockerignore')
    .sort();
}

async function byUs(): Promise<string[]> {
  const entries = walkFolder(context, { into: '', accept: await readDockerignore(context) });
  return withParents(entries)
    .map((entry) => entry.name)
    .filter((name) => name !== '.dockerignore')
    .sort();
}

test.each([
  '*.log',
  '**/*.log',
  '/docs/',
  'docs/',
  './docs',
  'docs/**',
  'docs/*',
  '*/*.md',
  '**/lib',
  '*\n!dist',
  '*\n!dist/*.js',
  '**\n!src/lib/c.ts',
  'docs\n!docs/keep',
  'docs\n!docs/keep/deep',
  'docs\n!docs/README.md\ndocs/README.md',
  '*.md\n!README.md',
  '**/*.md\n!docs/README.md',
  'foo?',
  'foo.d',
  'src/node/[id].ts',
  'src/node/\\[id\\].ts',
  '[a-b].*',
  '[^a].*',
  '# comment\n\\#hash',
  '\\!bang',
  '! dist\n*\n!  dist',
  '  *.log  \n\tb.txt',
  '\ufeff*.log\r\nb.txt\r\n',
  'with space',
  'ünï',
  '.hidden',
  '.*',
  'docs/../src',
  '../b.txt',
  '.',
  '/',
  '**/keep/**',
  'src/**/b.log',
  '**/src/**/*.log',
  'empty',
  '*/inside',
  'DOCS',
  'docs/keep/deep/..',
  '{docs,src}',
  'a.log b.txt',
])('.dockerignore %j', async (text) => {
  if (!engine) return;
  writeFileSync(join(context, '.dockerignore'), `${text}\n`);
  expect(await byUs()).toEqual(await byDocker(engine.env));
});
