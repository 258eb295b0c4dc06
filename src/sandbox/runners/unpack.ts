import { chmod, link, lstat, mkdir, open, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join, normalize } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as zlib from 'node:zlib';
import { extract } from 'tar-stream';
import { rootedPath } from './rooted-path.js';

type Entry = ReturnType<typeof extract> extends AsyncIterable<infer Item> ? Item : never;

/** https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md#whiteouts */
const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';
/** Of aufs, about itself. */
const AUFS = '.wh..wh.';

/**
 * Unpacks a layer over what lies below it, with whiteouts, as containerd does: names, links and whiteouts stay within
 * `root`, an absolute folder that exists. Owners, set-id bits, devices and FIFOs are left out. Throws what is wrong
 * with the layer; what came before it is unpacked then.
 */
export async function unpackLayer(blob: Readable, mediaType: string, root: string): Promise<void> {
  const archive = extract();
  const piping = pipeline([blob, ...decompress(mediaType), archive as unknown as NodeJS.WritableStream] as unknown as [
    Readable,
    NodeJS.WritableStream,
  ]);
  piping.catch(() => undefined);
  /** By this layer, with the folders above: its whiteouts hide only what is below it. */
  const own = new Set<string>();
  for await (const entry of archive) {
    await unpackEntry(entry, root, own);
    entry.resume();
  }
  await piping;
}

async function unpackEntry(entry: Entry, root: string, own: Set<string>): Promise<void> {
  const { type, mode } = entry.header;
  const name = cleaned(entry.header.name);
  // Null where the kind has none, whatever its declaration says.
  const linkname = (entry.header.linkname as string | null) ?? '';
  if (linkname.includes('\0')) throw new Error(`${JSON.stringify(linkname)} is no target of a link`);
  if (name === '/') return;
  if (basename(name).startsWith(WHITEOUT)) return hideBelow(rootedPath(root, dirname(name)), basename(name), own);
  const path = rootedPath(root, name, { keepLast: true });
  const before = await lstat(path).catch(() => undefined);
  await mkdir(dirname(path), { recursive: true });
  if (type === 'directory') {
    if (!before?.isDirectory()) {
      await rm(path, { force: true });
      await mkdir(path);
    }
    // Ours to clean up, whatever the image says.
    await chmod(path, (mode & 0o777) | 0o700);
  } else if (type === 'link') {
    await hardLink(rootedPath(root, cleaned(linkname), { keepLast: true }), path);
  } else {
    await rm(path, { recursive: true, force: true });
    if (type === 'symlink') await symlink(linkname, path);
    if (type === 'file' || type === 'contiguous-file') await writeNew(path, entry, mode & 0o777);
  }
  for (let at = path; at !== root; at = dirname(at)) own.add(at);
}

/** Of a name in a tar: absolute, without `.` and `..`; `/` is the root of the image. */
function cleaned(name: string): string {
  if (name.includes('\0')) throw new Error(`${JSON.stringify(name)} is no name of a file`);
  return normalize(`/${name}`).replace(/(?<=.)\/$/, '');
}

async function writeNew(path: string, entry: Entry, mode: number): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    // Not by a pipeline: that waits for ever on an entry whose archive broke before it was attached.
    await writeFile(file, entry as AsyncIterable<Uint8Array>);
    await file.chmod(mode);
  } finally {
    await file.close();
  }
}

/** A link to a link is another link: some systems would follow the first one. */
async function hardLink(target: string, path: string): Promise<void> {
  if (target === path) return;
  const known = await lstat(target);
  await rm(path, { recursive: true, force: true });
  if (known.isSymbolicLink()) await symlink(await readlink(target), path);
  else await link(target, path);
}

async function hideBelow(folder: string, whiteout: string, own: ReadonlySet<string>): Promise<void> {
  if (whiteout === OPAQUE) {
    for (const name of await readdir(folder).catch(() => [])) await hide(join(folder, name), own);
    return;
  }
  if (whiteout.startsWith(AUFS)) return;
  const name = whiteout.slice(WHITEOUT.length);
  if (name === '' || name === '.' || name === '..') throw new Error(`invalid whiteout name: ${whiteout}`);
  await hide(join(folder, name), own);
}

/** Takes away what layers below have there. */
async function hide(path: string, own: ReadonlySet<string>): Promise<void> {
  if (!own.has(path)) return rm(path, { recursive: true, force: true });
  const found = await lstat(path).catch(() => undefined);
  if (!found?.isDirectory()) return;
  for (const name of await readdir(path)) await hide(join(path, name), own);
}

function decompress(mediaType: string): NodeJS.ReadWriteStream[] {
  if (/gzip/.test(mediaType)) return [zlib.createGunzip()];
  if (!/zstd/.test(mediaType)) return [];
  const make = (zlib as unknown as { createZstdDecompress?: () => NodeJS.ReadWriteStream }).createZstdDecompress;
  if (!make) throw new Error('this Node cannot read zstd layers');
  return [make()];
}
