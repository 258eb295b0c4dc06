import type { ServerResponse } from 'node:http';
import type { Digest } from '../../oci/digest.js';
import type { ImageManifest, RawManifest } from '../../oci/manifest.js';
import { describe, isIndex, parseImageIndex, parseImageManifest } from '../../oci/manifest.js';
import { mediaTypes } from '../../oci/media-type.js';
import type { SandboxRepository } from './images.js';

/** https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers */
export function answerReferrers(
  response: ServerResponse,
  url: URL,
  repository: SandboxRepository,
  digest: string,
): void {
  const wanted = url.searchParams.get('artifactType');
  const manifests = [...repository.manifests.values()].flatMap((raw) => {
    if (subjectOf(raw)?.digest !== digest) return [];
    const { artifactType, annotations } = isIndex(raw) ? parseImageIndex(raw) : imageOf(raw);
    if (wanted !== null && artifactType !== wanted) return [];
    return [{ ...describe(raw), artifactType, annotations }];
  });
  if (wanted !== null) response.setHeader('oci-filters-applied', 'artifactType');
  response.setHeader('content-type', mediaTypes.ociIndex);
  response.end(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests }));
}

export function subjectOf(raw: RawManifest): { readonly digest: Digest } | undefined {
  return (isIndex(raw) ? parseImageIndex(raw) : parseImageManifest(raw)).subject;
}

/** An artifact without a type of its own is what its config is. */
function imageOf(raw: RawManifest): ImageManifest {
  const manifest = parseImageManifest(raw);
  return { ...manifest, artifactType: manifest.artifactType ?? manifest.config.mediaType };
}
