import type { Digest } from './digest.js';
import { hexOf } from './digest.js';
import type { Descriptor, RawManifest } from './manifest.js';
import { describe, encodeManifest, parseReferrer } from './manifest.js';
import { mediaTypes } from './media-type.js';

/** What the manifest speaks of, when it is a referrer: a signature, an SBOM, a provenance. */
export function subjectOf(raw: RawManifest): Descriptor | undefined {
  return parseReferrer(raw).subject;
}

/**
 * As a referrer stands in a list: with what it is, and its annotations.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers
 */
export function describeReferrer(raw: RawManifest): Descriptor {
  const { artifactType, annotations } = parseReferrer(raw);
  return { ...describe(raw), ...(artifactType && { artifactType }), ...(annotations && { annotations }) };
}

/**
 * The tag under which the list is kept where nothing else lists referrers.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#referrers-tag-schema
 */
export function referrersTag(digest: Digest): string {
  return `sha256-${hexOf(digest)}`;
}

/** The manifest that lists them there. */
export function referrersIndex(manifests: readonly Descriptor[]): RawManifest {
  return encodeManifest({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [...manifests] });
}
