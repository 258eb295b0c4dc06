import type { Readable } from 'node:stream';
import type { ImageConfig } from '../../oci/config.js';
import type { Digest } from '../../oci/digest.js';
import type { Platform } from '../../oci/manifest.js';

/** An image that another program made, as it lies on this disk. Nothing of its layers is read before they are opened. */
export interface ForeignImage {
  /** For errors: who made it. */
  readonly maker: string;
  readonly config: ImageConfig;
  readonly layers: readonly ForeignLayer[];
  /** What its maker does yet, as taking its own copy away; it never fails. */
  readonly settled: Promise<void>;
}

export interface ForeignLayer {
  /** As the config tells it; nobody has looked yet whether it is so. */
  readonly diffId: Digest;
  /** What made it, in a few words, as `COPY . /app`. */
  readonly kind: string;
  /** Bytes on this disk, compressed or not. */
  readonly size: number;
  /** The bytes as they lie there: a tar archive, or one that is compressed with gzip or zstd. */
  open(): Readable;
}

/** For which platform an image is made, and where its maker may leave files: the folder goes when it is taken over. */
export interface ForeignOrder {
  readonly platform: Platform;
  readonly scratch: string;
}
