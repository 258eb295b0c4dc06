import * as v from 'valibot';
import { parseJson } from '../base/json.js';
import type { Digest } from './digest.js';
import { digestOf, isDigest } from './digest.js';
import { isIndexType, mediaTypes } from './media-type.js';

const digest = v.custom<Digest>((value) => typeof value === 'string' && isDigest(value), 'not a sha256 digest');
const annotations = v.optional(v.record(v.string(), v.string()));

const platform = v.looseObject({
  architecture: v.string(),
  os: v.string(),
  variant: v.optional(v.string()),
});

const descriptor = v.looseObject({
  mediaType: v.string(),
  digest,
  size: v.pipe(v.number(), v.integer(), v.minValue(0)),
  annotations,
  artifactType: v.optional(v.string()),
  platform: v.optional(platform),
});

/** Docker stacks up to 127 layers; artifacts may have more parts. */
const MOST_PARTS = 1000;
const parts = v.pipe(v.array(descriptor), v.maxLength(MOST_PARTS, `more than ${MOST_PARTS} entries`));

const imageManifest = v.looseObject({
  schemaVersion: v.literal(2),
  mediaType: v.optional(v.string()),
  artifactType: v.optional(v.string()),
  config: descriptor,
  layers: parts,
  subject: v.optional(descriptor),
  annotations,
});

const imageIndex = v.looseObject({
  schemaVersion: v.literal(2),
  mediaType: v.optional(v.string()),
  artifactType: v.optional(v.string()),
  manifests: parts,
  subject: v.optional(descriptor),
  annotations,
});

/** https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md */
export type Descriptor = v.InferOutput<typeof descriptor>;
export type Platform = v.InferOutput<typeof platform>;
export type ImageManifest = v.InferOutput<typeof imageManifest>;
export type ImageIndex = v.InferOutput<typeof imageIndex>;

/** Bytes of a manifest or an index. https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImage.html */
export const MANIFEST_LIMIT = 4_194_304;

/** A manifest or index with the very bytes that its digest is made of. */
export interface RawManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** The bytes of a manifest that is made here. */
export function encodeManifest(manifest: ImageManifest | ImageIndex): RawManifest {
  const bytes = Buffer.from(JSON.stringify(manifest));
  const fallback = 'manifests' in manifest ? mediaTypes.ociIndex : mediaTypes.ociManifest;
  return { digest: digestOf(bytes), mediaType: manifest.mediaType ?? fallback, bytes };
}

export function isIndex(raw: RawManifest): boolean {
  return isIndexType(raw.mediaType);
}

export function parseImageManifest(raw: RawManifest, what: string = raw.digest): ImageManifest {
  return parseJson(imageManifest, raw.bytes, `manifest ${what}`);
}

export function parseImageIndex(raw: RawManifest, what: string = raw.digest): ImageIndex {
  return parseJson(imageIndex, raw.bytes, `index ${what}`);
}

const referrer = v.looseObject({
  artifactType: v.optional(v.string()),
  config: v.optional(v.looseObject({ mediaType: v.string() })),
  subject: v.optional(descriptor),
  annotations,
});

/** What any kind of manifest says of itself as a referrer; an artifact without a type of its own is what its config is. */
export function parseReferrer(raw: RawManifest): Pick<ImageManifest, 'artifactType' | 'subject' | 'annotations'> {
  const { artifactType, config, subject, annotations } = parseJson(referrer, raw.bytes, `manifest ${raw.digest}`);
  return { artifactType: artifactType ?? config?.mediaType, subject, annotations };
}

const typed = v.looseObject({ mediaType: v.optional(v.string()), manifests: v.optional(v.unknown()) });

/** What a manifest says that it is, where nobody else says it. */
export function mediaTypeIn(bytes: Uint8Array, what: string): string {
  const { mediaType, manifests } = parseJson(typed, bytes, `manifest of ${what}`);
  return mediaType ?? (manifests === undefined ? mediaTypes.ociManifest : mediaTypes.ociIndex);
}

/** As it stands in an index, a manifest or a layout. */
export function describe(raw: RawManifest): Descriptor {
  return { mediaType: raw.mediaType, digest: raw.digest, size: raw.bytes.length };
}

/** On each layer that lading makes: its diff ID, so that one manifest tells what a registry holds without its config. */
export const DIFF_ID = 'dev.lading.diff-id';
