import { LadingError } from '../base/errors.js';
import type { ImageConfig } from './config.js';
import { parseImageConfig } from './config.js';
import { digestOf } from './digest.js';
import type { Descriptor, ImageManifest, Platform, RawManifest } from './manifest.js';
import { isIndex, parseImageIndex, parseImageManifest } from './manifest.js';
import { formatPlatform, pickPlatform } from './platform.js';
import type { Store } from './store.js';

export interface Image {
  readonly raw: RawManifest;
  readonly manifest: ImageManifest;
}

/** The image for a platform: an index is followed to its child. Undefined when the store has no such reference. */
export async function readImage(store: Store, reference: string, platform: Platform): Promise<Image | undefined> {
  const raw = await store.manifest(reference);
  if (!raw) return undefined;
  if (!isIndex(raw)) return { raw, manifest: parseImageManifest(raw, `${store.name}:${reference}`) };
  const index = parseImageIndex(raw, `${store.name}:${reference}`);
  const child = pickPlatform(index, platform);
  if (!child) {
    const has = index.manifests.flatMap((entry) => (entry.platform ? [formatPlatform(entry.platform)] : []));
    throw new LadingError('input', `${store.name}:${reference} has no image for ${formatPlatform(platform)}`, {
      code: 'PLATFORM_MISSING',
      hint: `Choose one of: ${has.filter((name) => !name.startsWith('unknown')).join(', ') || 'none'}.`,
    });
  }
  return readImage(store, child.digest, platform);
}

export async function readConfig(store: Store, manifest: ImageManifest): Promise<ImageConfig> {
  return parseImageConfig(await readBlob(store, manifest.config), store.name);
}

/** The whole of a small blob, verified. */
export async function readBlob(store: Store, descriptor: Descriptor): Promise<Buffer> {
  const blob = await store.blob(descriptor);
  if (!blob) {
    throw new LadingError('remote', `${store.name} has no blob ${descriptor.digest}`, { code: 'BLOB_MISSING' });
  }
  const parts: Buffer[] = [];
  for await (const part of await blob.open()) parts.push(part as Buffer);
  const bytes = Buffer.concat(parts);
  if (digestOf(bytes) !== descriptor.digest) {
    throw new LadingError('remote', `${store.name}: the bytes of ${descriptor.digest} are others`, {
      code: 'DIGEST_MISMATCH',
    });
  }
  return bytes;
}
