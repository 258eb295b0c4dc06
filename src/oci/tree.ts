import { LadingError } from '../base/errors.js';
import type { Descriptor, RawManifest } from './manifest.js';
import { isIndex, parseImageIndex, parseImageManifest } from './manifest.js';
import type { Store } from './store.js';

/** Indexes within indexes, and manifests in all: nobody makes more, but who wants to keep us busy. */
const DEEPEST = 8;
const MOST = 1000;

/** The manifest and all that it names, once each, children before the index that names them. A child that is missing is an error. */
export async function manifestTree(store: Pick<Store, 'name' | 'manifest'>, root: RawManifest): Promise<RawManifest[]> {
  const found = new Map<string, RawManifest>();

  async function visit(raw: RawManifest, depth: number): Promise<void> {
    if (depth > DEEPEST) throw tooMuch(`indexes within indexes, ${DEEPEST} deep and deeper`);
    for (const { digest } of isIndex(raw) ? parseImageIndex(raw).manifests : []) {
      if (found.has(digest)) continue;
      const child = await store.manifest(digest);
      if (!child) {
        throw new LadingError('remote', `${store.name} lacks ${digest}, which its index names`, {
          code: 'CHILD_MISSING',
        });
      }
      await visit(child, depth + 1);
    }
    found.set(raw.digest, raw);
    if (found.size > MOST) throw tooMuch(`more than ${MOST} manifests`);
  }

  function tooMuch(what: string): LadingError {
    return new LadingError('remote', `${store.name}: ${root.digest} has ${what}`, { code: 'IMAGE_TOO_LARGE' });
  }

  await visit(root, 1);
  return [...found.values()];
}

/** The config and the layers; none of an index. */
export function blobsOf(manifest: RawManifest): Descriptor[] {
  if (isIndex(manifest)) return [];
  const { config, layers } = parseImageManifest(manifest);
  return [config, ...layers];
}

/** The first that the manifest names and `has` does not know: a child, the config or a layer. */
export async function firstMissing(
  raw: RawManifest,
  has: (part: Descriptor) => Promise<boolean>,
): Promise<Descriptor | undefined> {
  const parts = isIndex(raw) ? parseImageIndex(raw).manifests : blobsOf(raw);
  for (const part of parts) if (!(await has(part))) return part;
  return undefined;
}
