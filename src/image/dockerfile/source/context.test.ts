import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ReportEvent } from '../../../base/tell/report.js';
import { readIgnoreFile } from './ignore-file.js';
import { checkContext, measureContext } from './measure-context.js';
import { readDockerfile } from './read-dockerfile.js';

let app = '';
let events: ReportEvent[];
beforeEach(() => {
  app = mkdtempSync(join(tmpdir(), 'lading-context-'));
  events = [];
  put('Dockerfile', 'FROM scratch');
});
afterEach(() => rmSync(app, { recursive: true }));

/** With holes: as large as one likes, and no room on the disk. */
function put(name: string, content: string | number): void {
  mkdirSync(dirname(join(app, name)), { recursive: true });
  writeFileSync(join(app, name), typeof content === 'string' ? content : '');
  if (typeof content === 'number') truncateSync(join(app, name), content);
}
const signal = new AbortController().signal;
const ignore = async (kind: 'docker' | 'podman' = 'docker', output = join(app, '.lading/image')) =>
  readIgnoreFile(app, await readDockerfile(join(app, 'Dockerfile')), { kind, output });

describe('what is ignored', () => {
  test.each([
    ['docker', ['.dockerignore'], '.dockerignore'],
    ['docker', ['.dockerignore', '.containerignore'], '.dockerignore'],
    ['docker', ['.dockerignore', 'Dockerfile.dockerignore'], 'Dockerfile.dockerignore'],
    ['podman', ['.dockerignore', '.containerignore'], '.containerignore'],
    ['podman', ['.containerignore', 'Dockerfile.dockerignore'], 'Dockerfile.dockerignore'],
    ['docker', [], undefined],
  ] as const)('%s reads of %j %s', async (kind, files, wanted) => {
    for (const file of files) put(file, 'x');
    const found = await ignore(kind);
    expect(found.path).toBe(wanted && join(app, wanted));
    expect(found.accepts('x', false)).toBe(wanted === undefined);
  });

  test('what lading writes is never given to an engine, whatever the file says', async () => {
    put('.dockerignore', '*\n!**/*');
    const { accepts } = await ignore('docker', join(app, 'out/image'));
    expect(['a', 'out/b'].map((path) => accepts(path, false))).toEqual([true, true]);
    for (const path of ['.lading/image/index.json', 'sub/.lading/x', 'out/image/index.json', 'out/image.lock'])
      expect([path, accepts(path, false)]).toEqual([path, false]);
  });

  test('an output elsewhere is nothing to ignore', async () => {
    expect((await ignore('docker', '/somewhere/else')).text).toBe('**/.lading\n');
    expect((await ignore('docker', app)).text).toBe('**/.lading\n');
  });
});

describe('the folder that is given', () => {
  const check = async (limit: number) =>
    checkContext(app, await ignore(), limit, { report: (event) => events.push(event), signal });

  test('is measured by its parts, folders that builds make wherever they stand', async () => {
    put('.dockerignore', 'left');
    put('data/a/big.bin', 5000);
    put('data/b', 1000);
    put('packages/x/node_modules/y/z', 700);
    put('node_modules/y/node_modules/z', 300);
    put('packages/x/index.js', 20);
    put('left/out', 9999);
    const measured = await measureContext(app, (await ignore()).accepts, signal);
    expect(measured.parts.filter(({ line }) => !/ocker/.test(line))).toEqual([
      { line: '/data', bytes: 6000 },
      { line: '**/node_modules', bytes: 1000 },
      { line: '/packages', bytes: 20 },
    ]);
    expect(measured.bytes).toBe(7020 + 'FROM scratch'.length + 'left'.length);
  });

  test('is refused over the limit, with what is in it and the lines to add', async () => {
    put('node_modules/x', 3e9);
    put('model.bin', 1e9);
    put('src/index.js', 100);
    await expect(check(2e9)).rejects.toMatchObject({
      kind: 'input',
      code: 'CONTEXT_TOO_LARGE',
      message: expect.stringMatching(
        /has 4\.0 GB in 4 files \(node_modules 3\.0 GB, model\.bin 1\.0 GB\): more than 2\.0 GB/,
      ) as string,
      hint: expect.stringContaining(
        `${join(app, '.dockerignore')}, each on its own: **/node_modules, /model.bin; or`,
      ) as string,
    });
    put('.dockerignore', '**/node_modules');
    await check(2e9);
    expect(events).toMatchObject([{ level: 'warning', text: expect.stringContaining('1.0 GB') as string }]);
  });

  test('of a usual size is nothing to speak of', async () => {
    put('src/index.js', 1e6);
    await check(2e9);
    expect(events).toEqual([]);
  });
});
