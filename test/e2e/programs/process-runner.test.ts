import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LayerEntry } from '../../support/hostile/layers.js';
import { layerOf } from '../../support/hostile/layers.js';
import { digestOf } from '../../../src/oci/digest.js';
import type { ImageStore } from '../../../src/sandbox/registry/images.js';
import { createImageStore } from '../../../src/sandbox/registry/images.js';
import { putManifest } from '../../../src/sandbox/registry/put-manifest.js';
import { processRunner } from '../../../src/sandbox/runners/process-runner.js';

let place: string;
let images: ImageStore;
beforeEach(() => {
  place = realpathSync(mkdtempSync(join(tmpdir(), 'lading-process-')));
  images = createImageStore(place, { now: () => 0 });
  images.create('app');
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

/** An image of one layer in the repository `app`. */
async function putImage(entries: readonly LayerEntry[], config: object = {}): Promise<string> {
  const repository = images.repositories.get('app');
  if (!repository) throw new Error('no repository');
  const layer = await layerOf(entries);
  const text = JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [] }, config });
  const blobs = [Buffer.from(text), layer].map((bytes) => ({ bytes, digest: digestOf(bytes), size: bytes.length }));
  for (const { bytes, digest } of blobs) {
    const upload = images.newUpload();
    await images.append(upload, Readable.from([bytes]));
    await images.finish(upload, digest);
    repository.blobs.add(digest);
  }
  const [first, second] = blobs.map(({ digest, size }) => ({ digest, size }));
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = {
    schemaVersion: 2,
    mediaType,
    config: { ...first, mediaType: 'application/vnd.oci.image.config.v1+json' },
    layers: [{ ...second, mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip' }],
  };
  const bytes = Buffer.from(JSON.stringify(manifest));
  return `localhost/app@${putManifest(repository, { bytes, mediaType, pushedAt: 0 }, undefined)}`;
}

/** What a container of an image prints, or why it was not started. */
async function run(image: string, command: readonly string[], workingDirectory?: string): Promise<string> {
  const lines: string[] = [];
  const runner = processRunner(images, join(place, 'tasks'));
  const container = { name: 'app', image, env: {}, command, workingDirectory, ports: [], stopTimeoutMs: 1000 };
  const started = await runner.start(container, (line) => lines.push(line));
  if ('reason' in started) return started.reason;
  await started.exited;
  return lines
    .join('\n')
    .replaceAll(/\/tasks\/[0-9a-f]{16}/g, '/ROOT')
    .replaceAll(place, '');
}

const script = (name: string, text: string): LayerEntry => ({ name, mode: 0o755, text: `#!/bin/sh\n${text}\n` });
const link = (name: string, linkname: string): LayerEntry => ({ name, type: 'symlink', linkname });

test('a program and a working directory are found within the image, whatever its links say', async () => {
  mkdirSync(join(place, 'outside'));
  writeFileSync(join(place, 'outside/tool'), '#!/bin/sh\necho from outside\n', { mode: 0o755 });
  const image = await putImage([
    script('opt/tool', 'pwd; echo from the image'),
    link('usr/bin/tool', '/opt/tool'),
    link('usr/bin/away', `${place}/outside/tool`),
    link('work', '../../outside'),
    link('circle', 'circle'),
    script('srv/start', 'pwd'),
  ]);
  expect(await run(image, ['tool'])).toBe('/ROOT\nfrom the image');
  expect(await run(image, ['tool'], '/work/deep')).toBe('/ROOT/outside/deep\nfrom the image');
  expect(await run(image, ['tool'], '../../outside')).toBe('/ROOT/outside\nfrom the image');
  expect(await run(image, ['./start'], '/srv')).toBe('/ROOT/srv');
  expect(await run(image, ['away'])).toContain('executable file not found in $PATH');
  expect(await run(image, ['../../../outside/tool'])).toContain('executable file not found in $PATH');
  expect(await run(image, [''])).toContain('executable file not found in $PATH');
  expect(await run(image, ['tool'], '/circle')).toMatch(/^CannotStartContainerError: .*too many links/);
});

test('an image that is missing or broken is told as ECS tells it', async () => {
  const broken = await putImage([{ name: '.wh..' }]);
  expect(await run(broken, ['tool'])).toMatch(/^CannotPullContainerError: .*invalid whiteout name/);
  const missing = `localhost/app@${digestOf(Buffer.from('missing'))}`;
  expect(await run(missing, ['tool'])).toMatch(/^CannotPullContainerError: .*not found$/);
});
