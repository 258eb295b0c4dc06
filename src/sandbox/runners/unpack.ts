import { createWriteStream } from 'node:fs';
import { chmod, mkdir, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join, normalize } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as zlib from 'node:zlib';
import { extract } from 'tar-stream';

/** Unpacks a layer over what lies below it, with whiteouts. Refuses paths that leave the folder. */
export async function unpackLayer(blob: Readable, mediaType: string, root: string): Promise<void> {
  const archive = extract();
  const piping = pipeline([blob, ...decompress(mediaType), archive as unknown as NodeJS.WritableStream] as unknown as [
    Readable,
    NodeJS.WritableStream,
  ]);
  piping.catch(() => undefined);
  for await (const entry of archive) {
    const { name, type, linkname, mode } = entry.header;
    const path = inside(root, name);
    await mkdir(dirname(path), { recursive: true });
    if (basename(path).startsWith('.wh.')) {
      await rm(join(dirname(path), basename(path).slice(4)), { recursive: true, force: true });
      entry.resume();
    } else if (type === 'directory') {
      await mkdir(path, { recursive: true });
      entry.resume();
    } else if (type === 'symlink') {
      await rm(path, { recursive: true, force: true });
      await symlink(linkname ?? '', path);
      entry.resume();
    } else if (type === 'file') {
      await rm(path, { recursive: true, force: true });
      await pipeline(entry, createWriteStream(path));
      await chmod(path, (mode ?? 0o644) & 0o777);
    } else {
      entry.resume();
    }
  }
  await piping;
}

function decompress(mediaType: string): NodeJS.ReadWriteStream[] {
  if (/gzip/.test(mediaType)) return [zlib.createGunzip()];
  if (!/zstd/.test(mediaType)) return [];
  const make = (zlib as unknown as { createZstdDecompress?: () => NodeJS.ReadWriteStream }).createZstdDecompress;
  if (!make) throw new Error('this Node cannot read zstd layers');
  return [make()];
}

function inside(root: string, name: string): string {
  const path = join(root, normalize(`/${name}`));
  if (!path.startsWith(`${root}/`) && path !== root) throw new Error(`${name} leaves the image`);
  return path;
}
