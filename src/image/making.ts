import { formatBytes } from '../base/bytes.js';
import type { Platform } from '../oci/manifest.js';
import type { Store } from '../oci/store.js';
import type { BuiltLayer } from './build.js';
import type { Overrides } from './compose-config.js';
import type { ImagePlaces, ImageValues } from './image-values.js';
import type { PreviousImage } from './previous.js';

/** What every way to an image works with. */
export interface Making {
  readonly places: ImagePlaces;
  readonly platforms: readonly Platform[];
  /** Seconds since 1970; 0 when the image does not say when it was made. */
  readonly createdAt: number;
  readonly previous: Promise<PreviousImage | undefined> | undefined;
  /** Where blobs and manifests go. */
  readonly sink: Store;
  readonly background: Background;
  /** Who hears of the bytes that were sent so far. */
  onSent(listener: (bytes: number) => void): void;
}

/** What goes on beside the making, and ends with it. */
export interface Background {
  readonly signal: AbortSignal;
  readonly running: Promise<unknown>[];
}

export function overridesOf(values: ImageValues): Overrides {
  return {
    env: values.imageEnv ?? {},
    labels: values.label ?? {},
    user: values.user,
    entrypoint: values.entrypoint,
  };
}

export function layersText(layers: readonly BuiltLayer[]): string {
  const fresh = layers.filter((layer) => !layer.reused);
  const size = fresh.reduce((sum, layer) => sum + layer.descriptor.size, 0);
  return `${layers.length} ${layers.length === 1 ? 'layer' : 'layers'}, ${fresh.length} new (${formatBytes(size)})`;
}
