import { LadingError } from '../base/errors.js';
import { mapLimit } from '../base/limit.js';
import type { ImageConfig } from '../oci/config.js';
import type { Descriptor, Platform } from '../oci/manifest.js';
import { toOciType } from '../oci/media-type.js';
import { formatPlatform } from '../oci/platform.js';
import { readConfig, readImage } from '../oci/read.js';
import type { Store } from '../oci/store.js';

/** What an image is built on: the layers are named, never unpacked. */
export interface BaseImage {
  readonly name: string;
  readonly store: Store;
  readonly digest: string;
  readonly layers: readonly Descriptor[];
  readonly config: ImageConfig;
}

export interface BaseSource {
  readonly store: Store;
  /** Tag or digest within the store. */
  readonly selector: string;
  /** As the user wrote it. */
  readonly name: string;
}

export async function readBase(source: BaseSource, platform: Platform): Promise<BaseImage> {
  const image = await readImage(source.store, source.selector, platform);
  if (!image) {
    throw new LadingError('input', `the base image ${source.name} does not exist`, {
      code: 'BASE_MISSING',
      hint: 'Check its name and tag, and that you are logged in to its registry.',
    });
  }
  const config = await readConfig(source.store, image.manifest).catch((error: unknown) => {
    const isMissing = error instanceof LadingError && error.code === 'BLOB_MISSING';
    throw isMissing ? incomplete(source.name, image.manifest.config, 'config') : error;
  });
  const { os, architecture, variant } = config;
  // Of an index the right child was chosen; a single image is what it is.
  if (os !== platform.os || architecture !== platform.architecture) {
    const own = formatPlatform({ os, architecture, variant });
    throw new LadingError('input', `${source.name} has no image for ${formatPlatform(platform)}`, {
      code: 'PLATFORM_MISSING',
      hint: `Choose one of: ${own}.`,
    });
  }
  const layers = image.manifest.layers.map((layer) => ({ ...layer, mediaType: toOciType(layer.mediaType) }));
  return { name: source.name, store: source.store, digest: image.raw.digest, layers, config };
}

/** Takes over every layer, so that the image is whole wherever it goes. */
export async function keepLayers(base: BaseImage, into: Store, signal: AbortSignal): Promise<void> {
  await mapLimit(base.layers, 4, async (layer) => {
    const blob = await base.store.blob(layer);
    if (!blob) throw incomplete(base.name, layer, 'layer');
    await into.put(blob, { signal });
  });
}

function incomplete(name: string, part: Descriptor, what: string): LadingError {
  const isFolder = name.startsWith('oci:');
  return new LadingError(isFolder ? 'input' : 'remote', `the base image ${name} lacks its ${what} ${part.digest}`, {
    code: 'BASE_INCOMPLETE',
    hint: isFolder
      ? 'Make that layout again with all of its blobs, or name another base with --base.'
      : 'Push it there again, or name another base with --base.',
  });
}
