import { mapLimit } from '../base/limit.js';
import { parseImageConfig } from '../oci/config.js';
import type { Descriptor, RawManifest } from '../oci/manifest.js';
import { DIFF_ID, isIndex, parseImageIndex, parseImageManifest } from '../oci/manifest.js';
import { readBlob } from '../oci/read.js';
import type { Store } from '../oci/store.js';

/** An image whose layers the target holds: they are neither compressed nor put again. */
export interface PreviousImage {
  /** One for each platform. */
  readonly manifests: readonly RawManifest[];
  readonly store: Store;
}

/** The first of the tags and digests that the store has. */
export async function findPrevious(store: Store, selectors: readonly string[]): Promise<PreviousImage | undefined> {
  for (const selector of selectors) {
    const raw = await store.manifest(selector);
    if (raw) return { manifests: await imagesOf(raw, store), store };
  }
  return undefined;
}

async function imagesOf(raw: RawManifest, store: Store): Promise<readonly RawManifest[]> {
  if (!isIndex(raw)) return [raw];
  const entries = parseImageIndex(raw).manifests.filter((entry) => entry.platform?.os !== 'unknown');
  const found = await mapLimit(entries, 4, (entry) => store.manifest(entry.digest));
  return found.filter((manifest) => manifest !== undefined && !isIndex(manifest)) as RawManifest[];
}

export interface Known {
  readonly configs: ReadonlySet<string>;
  /** By diff ID. */
  readonly layers: ReadonlyMap<string, Descriptor>;
}

/** What the previous image tells, when it is there; `settled` is undefined while it is not known. */
export function knownLayers(previous: Promise<PreviousImage | undefined> | undefined) {
  let settled: { readonly value: Known | undefined } | undefined = previous ? undefined : { value: undefined };
  const reading = previous?.then(readKnown).then((value) => {
    settled = { value };
    return value;
  });
  reading?.catch(() => undefined);
  return { read: async () => reading, settled: () => settled };
}

async function readKnown(previous: PreviousImage | undefined): Promise<Known | undefined> {
  if (!previous || previous.manifests.length === 0) return undefined;
  const configs = new Set<string>();
  const layers = new Map<string, Descriptor>();
  for (const raw of previous.manifests) {
    configs.add(parseImageManifest(raw).config.digest);
    for (const [diffId, layer] of await layersOf(raw, previous.store)) layers.set(diffId, layer);
  }
  return { configs, layers };
}

/** From the annotations of the manifest; images of other tools tell it by their config. */
async function layersOf(raw: RawManifest, store: Store): Promise<readonly (readonly [string, Descriptor])[]> {
  const { config, layers } = parseImageManifest(raw);
  const own = layers.filter((layer) => layer.annotations?.[DIFF_ID] !== undefined);
  if (own.length > 0) return own.map((layer) => [layer.annotations?.[DIFF_ID] ?? '', layer]);
  const { rootfs } = parseImageConfig(await readBlob(store, config), store.name);
  return layers.map((layer, at) => [rootfs.diff_ids[at] ?? '', layer]);
}
