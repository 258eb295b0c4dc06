import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLayout } from '../../src/image/layout/layout.js';
import type { Layout } from '../../src/image/layout/layout.js';
import type { Descriptor, RawManifest } from '../../src/oci/manifest.js';
import { describe, encodeManifest } from '../../src/oci/manifest.js';
import { mediaTypes } from '../../src/oci/media-type.js';
import { bytesBlob } from '../../src/oci/memory.js';

/** A small service with a package of its own, things that must not be shipped, and names that are hard to pack. */
export function writeNodeApp(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lading-app-'));
  const put = (name: string, text: string | Buffer, mode = 0o644) => {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), mode);
  };
  put(
    'package.json',
    JSON.stringify({
      name: 'service',
      scripts: { start: 'node server.js' },
      dependencies: { greet: '1' },
      devDependencies: { unused: '1' },
    }),
  );
  put(
    'server.js',
    "const greet = require('greet');\nrequire('node:http').createServer((q, s) => s.end(greet())).listen(process.env.PORT);\nprocess.on('SIGTERM', () => process.exit(0));\n",
  );
  put('node_modules/greet/package.json', '{"name":"greet","version":"1.0.0","main":"index.js"}');
  put('node_modules/greet/index.js', "module.exports = () => 'hello';\n");
  put('node_modules/unused/package.json', '{"name":"unused","version":"1.0.0"}');
  put('.env', 'SECRET=1');
  put('.git/config', '');
  put('data/größe 名.txt', 'unicode');
  put(`data/${'deep/'.repeat(40)}file-with-a-rather-long-name-that-does-not-fit-into-ustar.txt`, 'long');
  put('data/run.sh', '#!/bin/sh\n', 0o755);
  put('data/random.bin', Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 2654435761) % 251)));
  mkdirSync(join(folder, 'data/empty'), { recursive: true });
  symlinkSync('run.sh', join(folder, 'data/link'));
  return folder;
}

/** A base image of one empty layer: enough for everything but running. Of several architectures, an index. */
export async function writeTinyBase(...architectures: readonly string[]): Promise<Layout> {
  const layout = await openLayout(mkdtempSync(join(tmpdir(), 'lading-base-')));
  if (architectures.length < 2) {
    await layout.putManifest(await writeTinyImage(layout, architectures[0] ?? 'amd64'), 'latest');
    return layout;
  }
  const manifests: Descriptor[] = [];
  for (const architecture of architectures) {
    const child = await writeTinyImage(layout, architecture);
    await layout.putManifest(child);
    manifests.push({ ...describe(child), platform: { os: 'linux', architecture } });
  }
  await layout.putManifest(encodeManifest({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests }), 'latest');
  return layout;
}

async function writeTinyImage(layout: Layout, architecture: string): Promise<RawManifest> {
  const layer = bytesBlob(Buffer.alloc(1024));
  const config = bytesBlob(
    Buffer.from(
      JSON.stringify({
        architecture,
        os: 'linux',
        config: { Env: ['PATH=/usr/bin'] },
        rootfs: { type: 'layers', diff_ids: [layer.digest] },
        history: [{ created_by: 'base' }],
      }),
    ),
  );
  await layout.put(layer);
  await layout.put(config);
  return encodeManifest({
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: { mediaType: mediaTypes.ociConfig, digest: config.digest, size: config.size },
    layers: [{ mediaType: mediaTypes.ociLayer, digest: layer.digest, size: layer.size }],
  });
}
