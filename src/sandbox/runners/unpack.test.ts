import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LayerEntry } from '../../../test/support/hostile/layers.js';
import { hostileImages, layerOf } from '../../../test/support/hostile/layers.js';
import { unpackLayer } from './unpack.js';

let place: string;
let root: string;
let outside: string;

/** A folder for the image, and one beside it that nothing of the image may touch. */
function openPlace(): void {
  place = mkdtempSync(join(tmpdir(), 'lading-unpack-'));
  root = join(place, 'image');
  outside = join(place, 'outside');
  mkdirSync(root);
  mkdirSync(join(outside, 'folder'), { recursive: true });
  for (const name of ['kept', 'folder/kept', '.wh.kept']) writeFileSync(join(outside, name), 'canary');
}
const closePlace = () => rmSync(place, { recursive: true, force: true });

beforeEach(openPlace);
afterEach(closePlace);

async function unpack(layers: readonly (readonly LayerEntry[])[]): Promise<void> {
  for (const entries of layers)
    await unpackLayer(Readable.from([await layerOf(entries)]), 'application/vnd.oci.image.layer.v1.tar+gzip', root);
}

/** All below a folder but the image's own: names, kinds, modes, counts of links, times of change and texts. */
function canaries(folder = place): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    const { mode, nlink, ctimeMs, size } = lstatSync(path);
    if (path === root) return [path];
    const seen = `${path} ${mode} ${nlink} ${ctimeMs} ${size}`;
    if (entry.isDirectory()) return [seen, ...canaries(path)];
    return [entry.isFile() ? `${seen} ${readFileSync(path, 'utf8')}` : seen];
  });
}

/** Paths below the image's folder: text of a file, `→ target` of a link, `/` of a folder. */
function unpacked(folder = root): Record<string, string> {
  const entries = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    const name = path.slice(root.length + 1);
    if (entry.isDirectory()) return [[name, '/'], ...Object.entries(unpacked(path))];
    return [[name, entry.isSymbolicLink() ? `→ ${readlinkSync(path)}` : readFileSync(path, 'utf8')]];
  });
  return Object.fromEntries(entries) as Record<string, string>;
}

describe('nothing outside the folder changes', () => {
  test.for([...hostileImages])('$manner', async ({ layers }) => {
    const before = canaries();
    for (const layer of layers(outside)) await unpack([layer]).catch(() => undefined);
    // Again over what is there now, in one go.
    await unpack(layers(outside)).catch(() => undefined);
    expect(canaries()).toEqual(before);
  });

  const part = fc.constantFrom('a', 'b', '..', '.', '', '.wh.', '.wh..', '.wh...', '.wh.a', '.wh..wh..opq', 'outside');
  const name = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/'));
  const type = fc.constantFrom<NonNullable<LayerEntry['type']>[]>(
    'file',
    'directory',
    'symlink',
    'link',
    'fifo',
    'character-device',
    'file',
    'symlink',
  );
  const target = fc.oneof(
    name,
    fc.constantFrom('OUTSIDE', 'OUTSIDE/kept', 'OUTSIDE/..', '../outside', '../../outside'),
  );
  const entry = fc.record({ name, type, linkname: target, mode: fc.constantFrom(0o644, 0o6777, 0) });
  const layers = fc.array(fc.array(entry, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 3 });

  test('by any layers', async () => {
    await fc.assert(
      fc
        .asyncProperty(layers, async (chosen) => {
          const before = canaries();
          for (const entries of chosen) {
            const real = entries.map((one) => ({
              ...one,
              text: 'overwritten',
              linkname: one.linkname.replace('OUTSIDE', outside),
            }));
            await unpack([real]).catch(() => undefined);
          }
          expect(canaries()).toEqual(before);
        })
        .beforeEach(() => {
          closePlace();
          openPlace();
        }),
      { numRuns: 500 },
    );
  });
});

describe('within the folder', () => {
  const file = (name: string, text = name, mode = 0o644): LayerEntry => ({ name, text, mode });
  const folder = (name: string, mode = 0o755): LayerEntry => ({ name, type: 'directory', mode });
  const link = (name: string, linkname: string): LayerEntry => ({ name, type: 'symlink', linkname });

  test('links lead where they lead in a container', async () => {
    await unpack([
      [folder('usr/bin'), link('bin', 'usr/bin'), link('sbin', '/usr/bin'), link('etc', '../../usr/etc')],
      [file('bin/sh'), file('sbin/init'), file('etc/passwd'), file('/../../srv/app')],
    ]);
    expect(unpacked()).toEqual({
      bin: '→ usr/bin',
      sbin: '→ /usr/bin',
      etc: '→ ../../usr/etc',
      srv: '/',
      'srv/app': '/../../srv/app',
      usr: '/',
      'usr/bin': '/',
      'usr/bin/init': 'sbin/init',
      'usr/bin/sh': 'bin/sh',
      'usr/etc': '/',
      'usr/etc/passwd': 'etc/passwd',
    });
  });

  test('a later kind replaces an earlier one, and folders join', async () => {
    await unpack([
      [file('a/one'), file('b'), link('c', 'a'), folder('d'), file('d/one')],
      [file('a/two'), folder('b'), folder('c'), file('d')],
    ]);
    expect(unpacked()).toEqual({ a: '/', 'a/one': 'a/one', 'a/two': 'a/two', b: '/', c: '/', d: 'd' });
  });

  test('a whiteout hides what lower layers have, not what stands beside it', async () => {
    await unpack([
      [file('a/one'), file('a/deep/two'), file('b/three'), file('c')],
      [file('a/four'), file('a/.wh..wh..opq'), file('a/deep/five'), file('b/.wh.three'), file('.wh.c'), file('.wh.no')],
      [file('b/.wh..wh.plnk'), file('b/four'), file('b/.wh.four')],
    ]);
    expect(unpacked()).toEqual({
      a: '/',
      'a/four': 'a/four',
      'a/deep': '/',
      'a/deep/five': 'a/deep/five',
      b: '/',
      'b/four': 'b/four',
    });
  });

  test('a hard link has its file, also of a lower layer; to a link it is one', async () => {
    await unpack([
      [file('bin/perl', 'perl'), link('way', 'bin')],
      [
        { name: 'bin/perl5', type: 'link', linkname: 'bin/perl' },
        { name: 'again', type: 'link', linkname: 'way' },
        { name: 'bin/perl', type: 'link', linkname: '/bin/perl' },
      ],
    ]);
    expect(unpacked()).toEqual({ again: '→ bin', bin: '/', 'bin/perl': 'perl', 'bin/perl5': 'perl', way: '→ bin' });
  });

  test('modes come without set-id bits; devices and FIFOs do not', async () => {
    await unpack([
      [file('null'), folder('locked', 0o500), file('locked/run', '', 0o6755), file('odd', '', 0o1640)],
      [
        { name: 'pipe', type: 'fifo' },
        { name: 'null', type: 'character-device', devmajor: 1, devminor: 3 },
        { name: 'disk', type: 'block-device', devmajor: 8, devminor: 0 },
      ],
    ]);
    const modes = ['locked', 'locked/run', 'odd'].map((name) => lstatSync(join(root, name)).mode & 0o7777);
    expect(modes).toEqual([0o700, 0o755, 0o640]);
    expect(Object.keys(unpacked())).toEqual(['locked', 'locked/run', 'odd']);
  });

  test.for([
    ['invalid whiteout name: .wh..', [file('a/.wh..')]],
    ['invalid whiteout name: .wh...', [file('a/.wh...')]],
    ['invalid whiteout name: .wh.', [file('.wh.')]],
    ['too many links', [link('a', 'b'), link('b', 'a'), file('a/x')]],
    ['is no target of a link', [link('a', `b\0${'c'.repeat(100)}`)]],
    ['is no name of a file', [file(`a\0ü`)]],
    ['ENOENT', [{ name: 'a', type: 'link', linkname: 'nothing' }]],
    ['EEXIST', [file('a'), file('a/b')]],
  ] as readonly [string, readonly LayerEntry[]][])('%s', async ([message, entries]) => {
    await expect(unpack([entries])).rejects.toThrow(message);
  });

  test('a layer that is cut short or no archive is told', async () => {
    const whole = await layerOf([file('a', 'x'.repeat(5000))]);
    const parts = [whole.subarray(0, whole.length - 20), Buffer.from('no archive')];
    for (const part of parts)
      await expect(unpackLayer(Readable.from([part]), 'application/vnd.oci.image.layer.v1.tar+gzip', root))
        .rejects //
        .toThrow(/./);
  });
});
