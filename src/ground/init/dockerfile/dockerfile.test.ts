import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { filesIn, folderOf, put, textIn, worldIn } from '../../../../test/support/init-folder.js';
import { readDockerfile } from '../../../image/dockerfile/source/read-dockerfile.js';
import type { DockerfileValues } from './init-dockerfile.js';
import { initDockerfile } from './init-dockerfile.js';

let folder = '';
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Files = Readonly<Record<string, string | object>>;
async function write(files: Files, values: Partial<DockerfileValues> = {}, below = '.') {
  folder = folderOf(files);
  const cwd = join(folder, below);
  const result = await initDockerfile({ base: 'node:22-slim', port: 3000, yes: true, ...values }, worldIn(cwd));
  const { stages, instructions } = await readDockerfile(join(cwd, 'Dockerfile'));
  return { result, stages, lines: instructions.map(({ text }) => text.replace(/\s+/g, ' ')) };
}

const standalone = { 'next.config.mjs': "export default { output: 'standalone' };" };
const node = (more: object = {}) => ({ 'package.json': { scripts: { start: 'node server.js' }, ...more } });

test.each<[string, Files, readonly string[]]>([
  ['npm', { ...node(), 'package-lock.json': '{}' }, ['COPY package.json package-lock.json ./', 'RUN --mount=type=cache,target=/var/cache/packages npm ci --cache /var/cache/packages', 'RUN npm prune --omit=dev']],
  ['npm without a lockfile', node(), ['COPY package.json ./', 'RUN --mount=type=cache,target=/var/cache/packages npm install --cache /var/cache/packages']],
  ['npm with an .npmrc', { ...node(), '.npmrc': 'x', 'package-lock.json': '{}' }, ['RUN --mount=type=cache,target=/var/cache/packages --mount=type=secret,id=npmrc,target=/app/.npmrc npm ci --cache /var/cache/packages']],
  ['pnpm', { ...node(), 'pnpm-lock.yaml': '', 'pnpm-workspace.yaml': '' }, ['RUN npm install --global pnpm@10', 'COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./', 'RUN --mount=type=cache,target=/var/cache/packages pnpm install --frozen-lockfile --store-dir /var/cache/packages']],
  ['yarn', { ...node(), 'yarn.lock': '', patches: { x: 1 } }, ['RUN --mount=type=cache,target=/var/cache/packages yarn install --frozen-lockfile --cache-folder /var/cache/packages']],
  ['yarn 4', { ...node({ packageManager: 'yarn@4.5.0' }), 'yarn.lock': '', '.yarnrc.yml': 'nodeLinker: node-modules', '.yarn/releases/x': '' }, ['RUN npm install --global corepack@0 && corepack enable', 'COPY package.json yarn.lock .yarnrc.yml ./', 'COPY .yarn ./.yarn', 'RUN --mount=type=cache,target=/var/cache/packages YARN_GLOBAL_FOLDER=/var/cache/packages yarn install --immutable']],
  ['a postinstall', { 'package.json': { main: 'a.js', scripts: { postinstall: 'prisma generate' } }, 'package-lock.json': '{}' }, ['COPY . .', 'RUN --mount=type=cache,target=/var/cache/packages npm ci --cache /var/cache/packages', 'CMD ["node","a.js"]']],
  ['a build', { ...node({ scripts: { start: 'NODE_ENV=production node --import ./otel.mjs dist/x.js', build: 'tsc' } }) }, ['RUN npm run build', 'CMD ["env","NODE_ENV=production","node","--import","./otel.mjs","dist/x.js"]']],
  ['Next.js', { ...standalone, 'package.json': { scripts: { build: 'next build' } }, 'package-lock.json': '{}', 'public/x': '' }, ['RUN --mount=type=cache,target=/app/.next/cache npm run build', 'COPY --from=build --chown=1000:1000 /app/.next/standalone ./', 'COPY --from=build --chown=1000:1000 /app/public ./public', 'CMD ["node","server.js"]']],
])('%s: two stages, the second without root', async (_name, files, expected) => {
  const { stages, lines, result } = await write(files);
  expect(stages).toHaveLength(2);
  expect(lines).toEqual(expect.arrayContaining([...expected]));
  expect(lines).toContain('USER 1000:1000');
  // No token and no key of the build is in what runs.
  expect(lines.filter((line) => /npmrc/.test(line) && !line.includes('type=secret'))).toEqual([]);
  expect(result.files.map(({ action }) => action)).toEqual(['created', 'created']);
  expect(textIn(folder, '.dockerignore')).toContain('**/node_modules');
}); // prettier-ignore

test('of an app within a workspace the whole of it is built, from its root', async () => {
  const files = {
    'package.json': { workspaces: ['apps/*'] },
    'package-lock.json': '{}',
    'apps/web/next.config.mjs': standalone['next.config.mjs'],
    'apps/web/package.json': { scripts: { build: 'next build' } },
  };
  const { lines, result } = await write(files, {}, 'apps/web');
  expect(lines).toEqual(
    expect.arrayContaining([
      'COPY . .',
      'RUN --mount=type=cache,target=/app/apps/web/.next/cache cd apps/web && npm run build',
      'COPY --from=build --chown=1000:1000 /app/apps/web/.next/standalone ./',
      'CMD ["node","apps/web/server.js"]',
    ]),
  );
  expect(filesIn(folder)).toContain('apps/web/Dockerfile.dockerignore');
  expect(result.steps.join()).toContain('docker build -f Dockerfile ');
});

test('twice is unchanged, and what a person wrote is replaced only by force', async () => {
  await write(node());
  const again = (values = {}) =>
    initDockerfile({ base: 'node:22-slim', port: 3000, yes: true, ...values }, worldIn(folder));
  expect((await again()).files.map(({ action }) => action)).toEqual(['unchanged', 'unchanged']);
  put(folder, { Dockerfile: 'FROM mine\n', '.dockerignore': 'mine' });
  await expect(again()).rejects.toMatchObject({ code: 'WOULD_REPLACE', exitCode: 2 });
  expect(textIn(folder, 'Dockerfile')).toBe('FROM mine\n');
  expect((await again({ force: true })).files.map(({ action }) => action)).toEqual(['replaced', 'kept']);
});

test.each<[string, Files, Partial<DockerfileValues>, string]>([
  ['no app', { 'go.mod': '' }, {}, 'NO_BUILDER'],
  ['Next.js without standalone', { 'next.config.js': 'module.exports = {}', 'package.json': {} }, {}, 'NOT_STANDALONE'],
  ['yarn without node_modules', { ...node(), 'yarn.lock': '', '.pnp.cjs': '' }, {}, 'YARN_PNP'],
  ['bun', { ...node(), 'bun.lock': '' }, {}, 'INVALID_INPUT'],
  ['a start that only a shell can run', { 'package.json': { scripts: { start: 'a && b' } } }, {}, 'NO_ENTRY'],
  ['nothing to run', { 'package.json': {} }, {}, 'NO_ENTRY'],
  ['a layout as base', node(), { base: 'oci:/x' }, 'INVALID_INPUT'],
  ['a port that is none', node(), { port: 70_000 }, 'INVALID_INPUT'],
])('%s is told, and nothing is written', async (_name, files, values, code) => {
  folder = folderOf(files);
  const run = initDockerfile({ base: 'node:22-slim', port: 3000, yes: true, ...values }, worldIn(folder));
  await expect(run).rejects.toMatchObject({ exitCode: 2, code });
  expect(filesIn(folder)).toEqual(Object.keys(files).sort());
});
