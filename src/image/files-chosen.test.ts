import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ImageConfig } from '../oci/config.js';
import { createSecretGuard, readDockerignore } from './layer/ignore.js';
import { checkNativeModules, libcOf } from './builders/native-modules.js';
import { checkStandalone, planNext } from './builders/next.js';
import { planNode } from './builders/node.js';
import { walkFolder } from './layer/walk.js';

let app = '';
beforeEach(() => {
  app = mkdtempSync(join(tmpdir(), 'lading-files-'));
});
afterEach(() => rmSync(app, { recursive: true }));

function put(name: string, text: string | Buffer = '', mode = 0o644): void {
  mkdirSync(dirname(join(app, name)), { recursive: true });
  writeFileSync(join(app, name), text);
  chmodSync(join(app, name), mode);
}
const pack = (name: string, more: object = {}) =>
  put(`${name}/package.json`, JSON.stringify({ name, version: '1.0.0', ...more }));
const names = (
  recipe: { layers: readonly { kind: string; entries: readonly { name: string; type: string }[] }[] },
  kind: string,
) =>
  (recipe.layers.find((layer) => layer.kind === kind)?.entries ?? [])
    .filter((entry) => entry.type !== 'folder')
    .map((entry) => entry.name);

describe('a Node service', () => {
  test('takes production packages along npm nesting, and leaves the others out', async () => {
    put(
      'package.json',
      JSON.stringify({
        scripts: { start: 'node --enable-source-maps "src/my app.js"' },
        dependencies: { a: '1' },
        devDependencies: { dev: '1' },
        optionalDependencies: { none: '1' },
      }),
    );
    put('src/my app.js');
    pack('node_modules/a', { dependencies: { b: '1', c: '1' } });
    pack('node_modules/a/node_modules/b');
    pack('node_modules/c');
    pack('node_modules/dev');
    const recipe = await planNode(app);
    expect(names(recipe, 'node_modules')).toEqual([
      'app/node_modules/a/node_modules/b/package.json',
      'app/node_modules/a/package.json',
      'app/node_modules/c/package.json',
    ]);
    expect(recipe.run.entrypoint).toEqual(['node', '--enable-source-maps', 'src/my app.js']);
  });

  test('keeps the links of pnpm', async () => {
    put('package.json', JSON.stringify({ main: 'index.js', dependencies: { a: '1' } }));
    put('index.js');
    pack('node_modules/.pnpm/a@1/node_modules/a', { dependencies: { b: '1' } });
    pack('node_modules/.pnpm/b@1/node_modules/b');
    symlinkSync('.pnpm/a@1/node_modules/a', join(app, 'node_modules/a'));
    symlinkSync('../../b@1/node_modules/b', join(app, 'node_modules/.pnpm/a@1/node_modules/b'));
    expect(names(await planNode(app), 'node_modules')).toEqual([
      'app/node_modules/.pnpm/a@1/node_modules/a/package.json',
      'app/node_modules/.pnpm/a@1/node_modules/b',
      'app/node_modules/.pnpm/b@1/node_modules/b/package.json',
      'app/node_modules/a',
    ]);
  });

  test('says which package is not installed', async () => {
    put('package.json', JSON.stringify({ main: 'index.js', dependencies: { gone: '1' } }));
    put('index.js');
    await expect(planNode(app)).rejects.toMatchObject({
      kind: 'input',
      code: 'PACKAGE_MISSING',
      hint: expect.stringContaining('npm ci') as string,
    });
  });

  test('of Yarn without node_modules is told what to set', async () => {
    put('package.json', JSON.stringify({ main: 'index.js', dependencies: { a: '1' } }));
    put('index.js');
    put('.pnp.cjs');
    await expect(planNode(app)).rejects.toMatchObject({ code: 'YARN_PNP' });
  });

  test('does not hold the image that is made of it', async () => {
    put('package.json', JSON.stringify({ main: 'index.js' }));
    put('index.js');
    put('out/image/index.json');
    put('out/notes.txt');
    const recipe = await planNode(app, { output: join(app, 'out/image') });
    expect(names(recipe, 'app')).toEqual(['app/index.js', 'app/out/notes.txt', 'app/package.json']);
  });

  test('leaves secrets out and says so, unless they are asked for', async () => {
    put('package.json', JSON.stringify({ main: 'index.js' }));
    for (const name of ['index.js', '.env', '.env.local', '.env.example', '.npmrc', 'certs/server.key', '.git/config'])
      put(name);
    const recipe = await planNode(app, { include: ['.env.local'] });
    expect(names(recipe, 'app')).toEqual(['app/.env.example', 'app/.env.local', 'app/index.js', 'app/package.json']);
    expect(recipe.notes.join('\n')).toMatch(/^\.env is left out/m);
  });

  test('says what to do when it is not clear what to run', async () => {
    put('package.json', JSON.stringify({ scripts: { start: 'next start' } }));
    await expect(planNode(app)).rejects.toMatchObject({ kind: 'input', code: 'NO_ENTRY' });
    expect((await planNode(app, { entrypoint: ['node', 'x.js'] })).run.entrypoint).toEqual(['node', 'x.js']);
  });

  test('follows files and .dockerignore', async () => {
    put('package.json', JSON.stringify({ main: 'dist/main.js', files: ['dist'] }));
    for (const name of ['dist/main.js', 'dist/main.js.map', 'src/main.ts']) put(name);
    put('.dockerignore', 'dist/*.map\n');
    expect(names(await planNode(app), 'app')).toEqual(['app/dist/main.js', 'app/package.json']);
  });
});

test.each([
  ['*.log', 'a.log', false],
  ['*.log', 'sub/a.log', true],
  ['**/*.log', 'sub/a.log', false],
  ['/docs/', 'docs/a', false],
  ['docs\n!docs/keep', 'docs/keep', true],
  ['# note\n\n', 'note', true],
])('.dockerignore %j keeps %s: %s', async (text, path, stays) => {
  put('.dockerignore', text);
  const accepts = await readDockerignore(app);
  const folder = path.includes('/') ? accepts(path.split('/')[0] ?? '', true) : true;
  expect(folder && accepts(path, false)).toBe(stays);
});

test('the guard knows keys by their names and leaves packages alone', () => {
  const guard = createSecretGuard([]);
  expect(
    ['id_rsa', 'a/b.pem', 'node_modules/x/test.pem', 'key.ts', '.env.sample'].filter((path) => guard.admits(path)),
  ).toEqual(['node_modules/x/test.pem', 'key.ts', '.env.sample']);
});

describe('a walk', () => {
  test('refuses links that leave the folder, whiteout names and pipes', () => {
    symlinkSync('/etc/passwd', join(app, 'out'));
    expect(() => walkFolder(app, { into: '' })).toThrow('leaves the folder');
    rmSync(join(app, 'out'));
    put('.wh.secret');
    expect(() => walkFolder(app, { into: '' })).toThrow('deletion');
    rmSync(join(app, '.wh.secret'));
    execFileSync('mkfifo', [join(app, 'pipe')]);
    expect(() => walkFolder(app, { into: '' })).toThrow('pipes');
  });
});

describe('a Next.js app', () => {
  test('is refused with the line to add', async () => {
    put('next.config.js', 'module.exports = {};');
    await expect(checkStandalone(app)).rejects.toMatchObject({
      code: 'NOT_STANDALONE',
      hint: expect.stringContaining("output: 'standalone',") as string,
    });
    put('next.config.js', "module.exports = { output: 'standalone' };");
    await checkStandalone(app);
  });

  test('is packed in layers that change at different speeds, in a monorepo too', async () => {
    put('.next/standalone/apps/web/server.js');
    put('.next/standalone/apps/web/.next/server/page.js');
    put('.next/standalone/apps/web/.env', 'SECRET=1');
    put('.next/standalone/node_modules/next/index.js');
    put('.next/static/chunk.js');
    put('.next/static/id-1/_buildManifest.js');
    put('.next/BUILD_ID', 'id-1\n');
    put('public/logo.svg');
    put('.next/required-server-files.json', '{"relativeAppDir":"apps/web"}');
    const recipe = await planNext(app);
    expect(recipe.layers.map((layer) => [layer.kind, names(recipe, layer.kind)])).toEqual([
      ['node_modules', ['app/node_modules/next/index.js']],
      ['public', ['app/apps/web/public/logo.svg']],
      ['static', ['app/apps/web/.next/static/chunk.js']],
      [
        'app',
        [
          'app/apps/web/.next/server/page.js',
          'app/apps/web/.next/static/id-1/_buildManifest.js',
          'app/apps/web/server.js',
        ],
      ],
    ]);
    expect(recipe.run).toMatchObject({
      workingDirectory: '/app/apps/web',
      user: '1000:1000',
      port: 3000,
      env: { HOSTNAME: '0.0.0.0', NODE_ENV: 'production' },
    });
  });
});

test.each([
  ["distDir: 'out/next'", 'out/next'],
  ['distDir: process.env.DIST', 'computed'],
])('a Next.js app with %s is packed from %s', async (setting, output) => {
  put('next.config.mjs', `export default { output: 'standalone', ${setting} }`);
  put(`${output}/standalone/server.js`);
  put(`${output}/standalone/${output}/server/page.js`);
  put(`${output}/static/chunk.js`);
  put(`${output}/required-server-files.json`, '{}');
  const recipe = await planNext(app);
  expect(names(recipe, 'static')).toEqual([`app/${output}/static/chunk.js`]);
  expect(names(recipe, 'app')).toEqual([`app/${output}/server/page.js`, 'app/server.js']);
});

describe('folders of a Next.js app that are links', () => {
  let outside = '';
  beforeEach(() => {
    outside = mkdtempSync(join(tmpdir(), 'lading-outside-'));
    writeFileSync(join(outside, 'id_of_somebody'), 'secret');
    put('.next/standalone/server.js');
    put('.next/required-server-files.json', '{}');
  });
  afterEach(() => rmSync(outside, { recursive: true }));

  test.each(['public', '.next/static', '.next/standalone', '.next'])(
    '%s: are refused when they leave the app',
    async (name) => {
      rmSync(join(app, name), { recursive: true, force: true });
      if (name === '.next') mkdirSync(join(outside, 'standalone'));
      symlinkSync(outside, join(app, name));
      await expect(planNext(app)).rejects.toMatchObject({
        kind: 'input',
        code: 'UNPACKABLE',
        message: expect.stringContaining(outside) as string,
      });
    },
  );

  test('are followed within the app', async () => {
    put('assets/logo.svg');
    symlinkSync('assets', join(app, 'public'));
    expect(names(await planNext(app), 'public')).toEqual(['app/public/logo.svg']);
  });

  test('are refused when they lead to nothing', async () => {
    symlinkSync('gone', join(app, 'public'));
    await expect(planNext(app)).rejects.toMatchObject({
      message: expect.stringContaining('leads to nothing') as string,
    });
  });
});

test('a prerendered page says that it was made when the image says so, and nothing else does', async () => {
  put('.next/standalone/server.js');
  for (const name of ['app/a.html', 'app/b.body', 'pages/c.html', 'pages/c.js'])
    put(`.next/standalone/.next/server/${name}`);
  put('.next/standalone/public/d.html');
  const timed = async (createdAt?: number) =>
    (await planNext(app, { createdAt })).layers
      .flatMap((layer) => layer.entries.filter((entry) => entry.time !== undefined))
      .map((entry) => [entry.name.slice('app/.next/server/'.length), entry.time]);
  expect(await timed(1_700_000_000)).toEqual([
    ['app/a.html', 1_700_000_000],
    ['app/b.body', 1_700_000_000],
    ['pages/c.html', 1_700_000_000],
  ]);
  expect(await timed()).toEqual([]);
});

describe('native modules', () => {
  const elf = (machine: number, text = '') => {
    const header = Buffer.alloc(64);
    header.writeUInt32BE(0x7f454c46, 0);
    header[5] = 1;
    header.writeUInt16LE(machine, 18);
    return Buffer.concat([header, Buffer.from(text)]);
  };
  const check = (architecture: string, libc: 'glibc' | 'musl') =>
    checkNativeModules(walkFolder(app, { into: 'app' }), architecture, libc);

  test('of another machine are refused by the name of their package', () => {
    put('node_modules/bcrypt/build/bcrypt.node', elf(0xb7));
    expect(() => check('amd64', 'glibc')).toThrow('bcrypt (arm64, glibc)');
    check('arm64', 'glibc');
  });

  test('of another C library are refused, by their name or by what they load', () => {
    put('node_modules/bcrypt/build/bcrypt.node', elf(0x3e, 'libc.so.6'));
    expect(() => check('amd64', 'musl')).toThrow('bcrypt (amd64, glibc)');
  });

  test('are fine when a sibling is for this system', () => {
    put('node_modules/@img/sharp-linux-x64/lib/sharp.node', elf(0x3e));
    put('node_modules/@img/sharp-linuxmusl-x64/lib/sharp.node', elf(0x3e));
    check('amd64', 'glibc');
    check('amd64', 'musl');
    expect(() => check('arm64', 'glibc')).toThrow('sharp');
  });

  test('the C library of a base is told by its history or its name', () => {
    const config = { architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [] } } as ImageConfig;
    expect(libcOf(config, 'node:22-slim')).toBe('glibc');
    expect(libcOf(config, 'node:22-alpine')).toBe('musl');
    expect(libcOf({ ...config, history: [{ created_by: 'ADD alpine-minirootfs-3.20.tar.gz / ' }] }, 'base')).toBe(
      'musl',
    );
  });
});
