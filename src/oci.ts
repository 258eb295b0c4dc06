/** The public door `lading/oci`: images, stores and registries. */
export type { Digest } from './oci/digest.js';
export { digestOf, isDigest, parseDigest } from './oci/digest.js';
export type { Descriptor, ImageIndex, ImageManifest, Platform, RawManifest } from './oci/manifest.js';
export { parseImageIndex, parseImageManifest } from './oci/manifest.js';
export type { Reference } from './oci/reference.js';
export { formatReference, parseReference } from './oci/reference.js';
export type { Blob, BlobOrigin, OriginsOf, PutOptions, PutResult, Store } from './oci/store.js';
export type { CopyContext, CopyPlan, CopyResult, PlanOptions } from './oci/copy.js';
export { copy, planCopy } from './oci/copy.js';
export { memoryStore } from './oci/memory.js';
export { openLayout } from './image/layout/layout.js';
export type { Keychain, Login } from './registry/keychain.js';
export type { Repository, RepositoryOptions } from './registry/repository.js';
export type { Clock } from './base/clock.js';
export { openRepository } from './registry/repository.js';
