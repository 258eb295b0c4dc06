import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { lading } from '../support/command-line.js';
import { writeNodeApp, writeTinyBase } from '../support/node-app.js';

/** As a blob is called, and one that lading would find nothing in. */
const PRECIOUS = ['a'.repeat(64), 'index.json', 'blob', 'notes.txt'];

let base = '';
let built = '';
let app = '';
let home = '';
beforeAll(async () => {
  base = (await writeTinyBase()).directory;
  app = writeNodeApp();
  await build();
  built = mkdtempSync(join(tmpdir(), 'lading-built-'));
  cpSync(join(app, '.lading'), built, { recursive: true });
  rmSync(app, { recursive: true });
});
beforeEach(() => {
  app = writeNodeApp();
  home = mkdtempSync(join(tmpdir(), 'lading-home-'));
  for (const place of ['', 'image/blobs/sha256', 'blobs/sha256', 'sha256', 'layer-abcdef']) {
    mkdirSync(join(home, place), { recursive: true });
    for (const name of PRECIOUS) writeFileSync(join(home, place, name), 'precious');
  }
});
afterEach(() => {
  for (const folder of [app, home]) rmSync(folder, { recursive: true, force: true });
});
afterAll(() => {
  for (const folder of [base, built]) rmSync(folder, { recursive: true });
});

const build = (...more: string[]) =>
  lading(['build', '--app', app, '--base', `oci:${base}`, '--json', ...more], { cwd: app });
const everything = () =>
  readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => [join(entry.parentPath, entry.name), readFileSync(join(entry.parentPath, entry.name), 'utf8')]);

const places = [
  '.lading',
  '.lading/image',
  '.lading/image/blobs',
  '.lading/image/blobs/sha256',
  '.lading/image/index.json',
  '.lading/image/oci-layout',
  '.lading/image/lading.json',
  '.lading/image/.lading-tmp',
];

const push = () => lading(['push', '--to', '127.0.0.1:9/app', '--json'], { cwd: app });

describe.each([
  ['build in a fresh checkout', false, build],
  ['build beside an image of an earlier run', true, build],
  ['push', true, push],
])('%s: a link that was committed', (_name, isBuilt, verb) => {
  test.each(places)('as %s is refused, and nothing is touched by it', async (place) => {
    if (isBuilt) cpSync(built, join(app, '.lading'), { recursive: true });
    const link = join(app, place);
    rmSync(link, { recursive: true, force: true });
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(home, link);
    const before = everything();
    const ended = await verb();
    expect(ended.code, ended.stderr).toBe(2);
    const { error } = JSON.parse(ended.stdout) as { error: { code: string; message: string; hint: string } };
    expect(error).toMatchObject({ code: 'LINK_REFUSED' });
    expect(error.message).toContain(`${link}: is a symbolic link`);
    expect(ended.stderr).toContain(`hint: Remove ${link}`);
    expect(everything()).toEqual(before);
  });
});

test('in the folder of the blobs only blobs are swept', async () => {
  cpSync(built, join(app, '.lading'), { recursive: true });
  const blobs = join(app, '.lading/image/blobs/sha256');
  for (const name of [...PRECIOUS, `${'b'.repeat(64)}.k3j4h5.tmp`, `${'b'.repeat(64)}.orig`])
    writeFileSync(join(blobs, name), 'x');
  mkdirSync(join(app, '.lading/image/.lading-tmp/layer-AbCd12'), { recursive: true });
  writeFileSync(join(app, '.lading/image/.lading-tmp/mine'), 'x');
  writeFileSync(join(app, 'server.js'), '// another\n');
  const ended = await build();
  expect(ended.code, ended.stderr).toBe(0);
  const left = readdirSync(blobs).filter((name) => !/^[0-9a-f]{64}$/.test(name));
  expect(left.sort()).toEqual([`${'b'.repeat(64)}.orig`, 'blob', 'index.json', 'notes.txt']);
  expect(existsSync(join(blobs, 'a'.repeat(64)))).toBe(false);
  expect(readdirSync(join(app, '.lading/image/.lading-tmp'))).toEqual(['mine']);
});

test('a folder of the user’s own may be reached by a link', async () => {
  const real = join(home, 'real');
  mkdirSync(real);
  symlinkSync(real, join(home, 'link'));
  const ended = await build('--output', join(home, 'link'));
  expect(ended.code, ended.stderr).toBe(0);
  expect(existsSync(join(real, 'index.json'))).toBe(true);
});
