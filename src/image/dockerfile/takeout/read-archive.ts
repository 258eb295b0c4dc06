import * as v from 'valibot';
import { parseJson } from '../../../base/json.js';
import type { ImageConfig } from '../../../oci/config.js';
import { parseImageConfig } from '../../../oci/config.js';
import { digestOf, isDigest } from '../../../oci/digest.js';
import type { ImageManifest, Platform } from '../../../oci/manifest.js';
import { MANIFEST_LIMIT, parseImageIndex, parseImageManifest } from '../../../oci/manifest.js';
import { isIndexType, mediaTypes } from '../../../oci/media-type.js';
import { formatPlatform, pickPlatform, samePlatform } from '../../../oci/platform.js';
import { ToolError } from '../../../base/errors.js';
import type { ForeignImage, ForeignLayer } from '../../foreign/foreign-image.js';
import { layerNames } from './layer-names.js';
import type { TarIndex } from './tar-index.js';
import { damaged, indexTar, openSpan, readSmall } from './tar-index.js';

/** Bytes of a config: the largest that are known have some hundred thousand. */
const CONFIG_LIMIT = 8 << 20;

/** One image of the form before OCI. https://github.com/moby/docker-image-spec */
const legacy = v.pipe(
  v.array(v.looseObject({ Config: v.string(), Layers: v.nullish(v.array(v.string())) })),
  v.minLength(1, 'no image'),
);

interface Parts {
  readonly config: Buffer;
  /** Names within the archive, in the order of the layers. */
  readonly layers: readonly string[];
}

/**
 * The image in an archive of an engine: an OCI layout in a tar, as of `docker save` since 25 and of buildx, or the form
 * before it, as of buildah and podman.
 */
export async function readArchive(
  path: string,
  platform: Platform,
  maker: string,
): Promise<Omit<ForeignImage, 'settled'>> {
  const tar = await indexTar(path);
  const { config: bytes, layers } = (await readLayout(tar, platform)) ?? (await readLegacy(tar));
  const config = parseImageConfig(bytes, path);
  checkPlatform(config, platform, maker);
  const { diff_ids: diffIds } = config.rootfs;
  if (diffIds.length !== layers.length)
    throw damaged(path, `its config names ${diffIds.length} layers and ${layers.length} are there`);
  const kinds = layerNames(config);
  return {
    maker,
    config,
    layers: layers.map((name, at): ForeignLayer => {
      const span = tar.files.get(name);
      const diffId = diffIds[at] ?? '';
      if (!span) throw damaged(path, `it lacks ${name}`);
      if (!isDigest(diffId)) throw damaged(path, `${JSON.stringify(diffId)} is no digest`);
      return { diffId, kind: kinds[at] ?? 'layer', size: span.size, open: () => openSpan(tar, span) };
    }),
  };
}

async function readLayout(tar: TarIndex, platform: Platform): Promise<Parts | undefined> {
  let bytes = await readSmall(tar, 'index.json', MANIFEST_LIMIT);
  if (!bytes) return undefined;
  for (let depth = 0; depth < 4; depth++) {
    const index = parseImageIndex({ digest: digestOf(bytes), mediaType: mediaTypes.ociIndex, bytes }, tar.path);
    const images = index.manifests.filter((entry) => entry.platform?.os !== 'unknown');
    const entry = (images.length > 1 && pickPlatform(index, platform)) || images[0];
    if (!entry) throw damaged(tar.path, 'no image is in it');
    const named = await blob(tar, entry.digest, MANIFEST_LIMIT);
    if (!isIndexType(entry.mediaType)) {
      const raw = { digest: entry.digest, mediaType: entry.mediaType, bytes: named };
      return partsOf(tar, parseImageManifest(raw, tar.path));
    }
    bytes = named;
  }
  throw damaged(tar.path, 'it has indexes within indexes');
}

async function partsOf(tar: TarIndex, { config, layers }: ImageManifest): Promise<Parts> {
  return { config: await blob(tar, config.digest, CONFIG_LIMIT), layers: layers.map(({ digest }) => blobName(digest)) };
}

async function blob(tar: TarIndex, digest: string, limit: number): Promise<Buffer> {
  const bytes = await readSmall(tar, blobName(digest), limit);
  if (!bytes) throw damaged(tar.path, `it lacks ${digest}`);
  if (digestOf(bytes) !== digest) throw damaged(tar.path, `${digest} is not what its name says`);
  return bytes;
}

function blobName(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}

async function readLegacy(tar: TarIndex): Promise<Parts> {
  const bytes = await readSmall(tar, 'manifest.json', MANIFEST_LIMIT);
  if (!bytes) throw damaged(tar.path, 'it has no manifest');
  const [image] = parseJson(legacy, bytes, `the manifest in ${tar.path}`);
  const config = image && (await readSmall(tar, image.Config, CONFIG_LIMIT));
  if (!config) throw damaged(tar.path, 'it lacks the config of its image');
  return { config, layers: image.Layers ?? [] };
}

function checkPlatform({ os, architecture, variant }: ImageConfig, wanted: Platform, maker: string): void {
  // Who asks for no variant takes any.
  const own = wanted.variant === undefined ? { os, architecture } : { os, architecture, variant };
  if (samePlatform(own, wanted)) return;
  throw new ToolError(
    'tool',
    `${maker} made an image for ${formatPlatform({ os, architecture, variant })}, and ${formatPlatform(wanted)} was asked for`,
    {
      code: 'PLATFORM_MISSING',
      hint: 'See that no FROM names a platform of its own, or take another engine with --engine.',
    },
  );
}
