import { LadingError } from '../base/errors.js';
import type { ImageConfig } from './config.js';
import { parseImageConfig } from './config.js';
import type { Descriptor, ImageManifest, Platform, RawManifest } from './manifest.js';
import { isIndex, parseImageIndex, parseImageManifest } from './manifest.js';
import { formatPlatform, pickPlatform } from './platform.js';
import type { Store } from './store.js';
import { collect, openVerified, refuseBytes } from './verified.js';

/** Bytes of a blob that is read as a whole: a config. The largest that are known have some hundred thousand. */
const LARGEST = 8 << 20;

export interface Image {
  readonly raw: RawManifest;
  readonly manifest: ImageManifest;
}

/** Indexes within indexes: nobody makes more, but who wants to keep us busy. */
const DEEPEST = 8;

/** The image for a platform: an index is followed to its child. Undefined when the store has no such reference. */
export async function readImage(
  store: Store,
  reference: string,
  platform: Platform,
  depth = 1,
): Promise<Image | undefined> {
  if (depth > DEEPEST) {
    throw new LadingError('remote', `${store.name}: indexes within indexes, ${DEEPEST} deep and deeper`, {
      code: 'IMAGE_TOO_LARGE',
    });
  }
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
  return readImage(store, child.digest, platform, depth + 1);
}

export async function readConfig(store: Store, manifest: ImageManifest): Promise<ImageConfig> {
  return parseImageConfig(await readBlob(store, manifest.config), store.name);
}

/** The whole of a small blob, verified. */
export async function readBlob(store: Store, descriptor: Descriptor, signal?: AbortSignal): Promise<Buffer> {
  if (descriptor.size > LARGEST) {
    throw new LadingError('remote', `${store.name}: ${descriptor.digest} has ${descriptor.size} bytes, too many`, {
      code: 'BLOB_TOO_LARGE',
    });
  }
  const blob = await store.blob(descriptor);
  if (!blob) {
    throw new LadingError('remote', `${store.name} has no blob ${descriptor.digest}`, { code: 'BLOB_MISSING' });
  }
  return collect(
    await openVerified({ ...descriptor, open: (stop) => blob.open(stop) }, refuseBytes(store.name, descriptor), signal),
  );
}
