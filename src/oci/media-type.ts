/** https://github.com/opencontainers/image-spec/blob/v1.1.1/media-types.md and Docker's registry v2 schema 2. */
export const mediaTypes = {
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  ociConfig: 'application/vnd.oci.image.config.v1+json',
  ociLayer: 'application/vnd.oci.image.layer.v1.tar',
  ociLayerGzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  ociLayerZstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerIndex: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerConfig: 'application/vnd.docker.container.image.v1+json',
  dockerLayerGzip: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
} as const;

export function isIndexType(mediaType: string): boolean {
  return mediaType === mediaTypes.ociIndex || mediaType === mediaTypes.dockerIndex;
}

/** What to send as `Accept` when a manifest is read. */
export const acceptManifests = [
  mediaTypes.ociManifest,
  mediaTypes.ociIndex,
  mediaTypes.dockerManifest,
  mediaTypes.dockerIndex,
].join(', ');

/** Docker's names for the same bytes, in OCI's terms: a manifest may not mix the two families. */
export function toOciType(mediaType: string): string {
  switch (mediaType) {
    case mediaTypes.dockerManifest:
      return mediaTypes.ociManifest;
    case mediaTypes.dockerIndex:
      return mediaTypes.ociIndex;
    case mediaTypes.dockerConfig:
      return mediaTypes.ociConfig;
    case mediaTypes.dockerLayerGzip:
      return mediaTypes.ociLayerGzip;
    default:
      return mediaType;
  }
}
