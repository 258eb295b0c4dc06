import type { Readable } from 'node:stream';
import { LadingError } from '../base/errors.js';
import type { Digest } from './digest.js';
import type { Descriptor, RawManifest } from './manifest.js';

/** Bytes with a known digest and length that can be read again and again. Nothing is read before `open`. */
export interface Blob {
  readonly digest: Digest;
  readonly size: number;
  open(signal?: AbortSignal): Promise<Readable>;
}

/** Where the same blob lies as well, so that a registry may take it over by itself: a repository as `host/name`. */
export interface BlobOrigin {
  readonly repository: string;
}

export interface PutResult {
  /** `mounted`: taken over from another repository of the same registry; `existing`: it was there. */
  readonly how: 'uploaded' | 'mounted' | 'existing';
  /** Bytes that were sent; 0 unless uploaded. */
  readonly bytes: number;
}

export interface PutOptions {
  readonly origins?: readonly BlobOrigin[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** It was made a moment ago, so asking whether it is there is not worth a request. */
  readonly assumeMissing?: boolean | undefined;
  /** Bytes of the blob that are on their way, each time some more are; 0 again when it starts anew. */
  readonly onBytes?: ((sent: number) => void) | undefined;
}

/**
 * A place that holds images: a repository of a registry, an OCI layout folder, memory. Push, pull, save and promote
 * are one `copy` between two of them.
 */
export interface Store {
  /** For people: `127.0.0.1:5000/app`, `.lading/image`. */
  readonly name: string;
  /** By tag or digest; undefined when there is none. The digest of the answer is verified. */
  manifest(reference: string): Promise<RawManifest | undefined>;
  /** Undefined when the store does not hold it; a registry says so only when it is opened, by an `HttpError` with status 404. What is read is verified. */
  blob(descriptor: Descriptor): Promise<Blob | undefined>;
  has(descriptor: Descriptor): Promise<boolean>;
  /** The blob's digest and size are verified while it is written. `origins` are tried first where mounting is known. */
  put(blob: Blob, options?: PutOptions): Promise<PutResult>;
  /**
   * Under its digest and, when given, under a tag: then all that it names must be there, else a `LadingError` has the
   * code MANIFEST_BLOB_UNKNOWN. One with a `subject` is listed among its referrers; the subject may come later.
   */
  putManifest(manifest: RawManifest, tag?: string): Promise<void>;
  /** In order of their names. */
  tags(): Promise<readonly string[]>;
  /** What refers to a manifest as its subject, with `artifactType` and annotations: signatures, SBOMs, provenance. */
  referrers(digest: Digest): Promise<readonly Descriptor[]>;
}

/** What {@link Store.putManifest} says of a manifest that names what is not there. */
export function blobUnknown(store: string, digest: string): LadingError {
  return new LadingError('remote', `${store} lacks ${digest}, which the manifest names`, {
    code: 'MANIFEST_BLOB_UNKNOWN',
  });
}

/** Where the blobs lie that a store only refers to, as the layers of a base image. */
export interface OriginsOf {
  origins(digest: Digest): readonly BlobOrigin[];
}
