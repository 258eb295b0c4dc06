import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openLayout } from '../../src/image/layout/layout.js';
import { parseImageManifest } from '../../src/oci/manifest.js';

/** The files of an image in a layout folder as an engine would lay them out, with modes and times, by GNU tar. */
export async function unpackImage(layout: string, into: string): Promise<void> {
  const raw = await (await openLayout(layout)).manifest('latest');
  if (!raw) throw new Error(`${layout} has no image`);
  mkdirSync(into, { recursive: true });
  for (const { digest, mediaType } of parseImageManifest(raw).layers) {
    const input = readFileSync(join(layout, 'blobs/sha256', digest.slice('sha256:'.length)));
    const args = ['-C', into, '--no-same-owner', '-xf', '-', ...(mediaType.endsWith('gzip') ? ['-z'] : [])];
    const ended = spawnSync('tar', args, { input, encoding: 'utf8' });
    if (ended.status !== 0) throw new Error(`tar: ${ended.stderr}`);
  }
}
