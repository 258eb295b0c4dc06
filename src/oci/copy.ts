import { HttpError, LadingError } from '../base/errors.js';
import { mapLimit } from '../base/limit.js';
import type { Digest } from './digest.js';
import type { Descriptor, RawManifest } from './manifest.js';
import type { BlobOrigin, OriginsOf, PutOptions, PutResult, Store } from './store.js';
import { blobsOf, manifestTree } from './tree.js';

/** What a copy would do, as data. */
export interface CopyPlan {
  /** Children before the index that names them; the last is the image itself. */
  readonly manifests: readonly RawManifest[];
  /** What refers to these: signatures, SBOMs, provenance. Each comes after what it refers to. */
  readonly referrers: readonly RawManifest[];
  /** Blobs whose presence is not proven, biggest first. */
  readonly blobs: readonly Descriptor[];
  /** Blobs that a manifest in the target proves: nothing is asked about them. */
  readonly proven: readonly Descriptor[];
  readonly tags: readonly string[];
  /** The image is in the target already, under every tag. */
  readonly done: boolean;
}

export interface CopyResult {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly tags: readonly string[];
  readonly blobs: { readonly uploaded: number; readonly mounted: number; readonly existing: number };
  readonly bytesUploaded: number;
  /** Digests of referrers that were copied, and of those that the target does not take, as ECR at times (aws/containers-roadmap#2783). */
  readonly referrers: { readonly copied: readonly Digest[]; readonly refused: readonly Digest[] };
}

export interface PlanOptions {
  readonly tags: readonly string[];
  /** Manifests that the target holds; they prove their blobs. */
  readonly known?: readonly RawManifest[];
  /** Blobs that were put into the target a moment ago. */
  readonly fresh?: ReadonlySet<string>;
  /** Take along what refers to the image and its children, and what refers to that. */
  readonly referrers?: boolean;
}

/** More at once make ECR reset connections (dotnet/sdk-container-builds#279). */
const LANES = 5;
const MOST_REFERRERS = 1000;

export async function planCopy(from: Store, reference: string, options: PlanOptions): Promise<CopyPlan> {
  const root = await from.manifest(reference);
  if (!root) {
    const tags = await from.tags().catch(() => []);
    throw new LadingError('input', `${from.name} has no image ${reference}`, {
      code: 'IMAGE_MISSING',
      hint:
        tags.length === 0 ? 'Build it first with `lading build`.' : `Choose one of: ${tags.slice(0, 5).join(', ')}.`,
    });
  }
  const manifests = await manifestTree(from, root);
  const referrers = options.referrers ? await referrersOf(from, manifests) : [];
  const proof = new Set<string>(options.fresh ?? []);
  const knownDigests = new Set(options.known?.map((manifest) => manifest.digest));
  for (const manifest of options.known ?? []) for (const blob of blobsOf(manifest)) proof.add(blob.digest);
  const all = new Map([...manifests, ...referrers].flatMap(blobsOf).map((blob) => [blob.digest, blob]));
  const blobs = [...all.values()].sort((a, b) => b.size - a.size);
  return {
    manifests,
    referrers,
    blobs: blobs.filter((blob) => !proof.has(blob.digest)),
    proven: blobs.filter((blob) => proof.has(blob.digest)),
    tags: options.tags,
    done: knownDigests.has(root.digest) && options.tags.length === 0 && referrers.length === 0,
  };
}

/** What refers to the manifests, at any distance. */
async function referrersOf(from: Store, manifests: readonly RawManifest[]): Promise<RawManifest[]> {
  const seen = new Set(manifests.map(({ digest }) => digest));
  const found: RawManifest[] = [];
  for (let subjects = manifests; subjects.length > 0;) {
    const lists = await mapLimit(subjects, LANES, (subject) => from.referrers(subject.digest));
    const fresh = lists.flat().filter(({ digest }) => !seen.has(digest) && seen.add(digest));
    if (found.length + fresh.length > MOST_REFERRERS) {
      throw new LadingError('remote', `${from.name}: more than ${MOST_REFERRERS} manifests refer to the image`, {
        code: 'IMAGE_TOO_LARGE',
      });
    }
    const trees = await mapLimit(fresh, LANES, async ({ digest }) => {
      const raw = await from.manifest(digest);
      if (raw) return manifestTree(from, raw);
      throw new LadingError('remote', `${from.name} lacks ${digest}, which it lists as a referrer`, {
        code: 'CHILD_MISSING',
      });
    });
    subjects = trees.flat();
    found.push(...subjects);
  }
  return found;
}

export interface CopyContext {
  readonly signal?: AbortSignal;
  /** Opens a repository that a blob also lies in, when the source only refers to it. */
  readonly sources?: (repository: string) => Promise<Store>;
  /** Bytes of blobs that are settled or on their way, of all that the plan asks about; fewer again when one starts anew. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Blobs in lanes, then the manifest, then its other tags. Nothing is visible under a tag before all of it is there. */
export async function copy(
  plan: CopyPlan,
  from: Store & Partial<OriginsOf>,
  to: Store,
  context: CopyContext = {},
): Promise<CopyResult> {
  const root = plan.manifests.at(-1);
  if (!root) throw new LadingError('bug', 'a copy without a manifest', { code: 'EMPTY_PLAN' });
  const count = { uploaded: 0, mounted: 0, existing: plan.proven.length };
  let bytesUploaded = 0;
  const meter = createMeter(context.onProgress);
  const send = async (blobs: readonly Descriptor[]) => {
    meter.expect(blobs);
    await mapLimit(blobs, LANES, async (descriptor) => {
      const result = await sendBlob(descriptor, from, to, {
        ...context,
        onBytes: (sent) => meter.moved(descriptor, sent),
      });
      count[result.how]++;
      bytesUploaded += result.bytes;
      meter.moved(descriptor, descriptor.size);
    });
  };
  await send(plan.blobs);
  let referrers: CopyResult['referrers'] = { copied: [], refused: [] };
  if (!plan.done) {
    try {
      referrers = await sendManifests(plan, root, to);
    } catch (error) {
      if (!(error instanceof LadingError) || error.code !== 'MANIFEST_BLOB_UNKNOWN' || plan.proven.length === 0)
        throw error;
      // The registry lost what its own manifest promised: once more, asking for each.
      count.existing -= plan.proven.length;
      await send(plan.proven);
      referrers = await sendManifests(plan, root, to);
    }
  }
  return { digest: root.digest, mediaType: root.mediaType, tags: plan.tags, blobs: count, bytesUploaded, referrers };
}

async function sendReferrers(plan: CopyPlan, to: Store): Promise<CopyResult['referrers']> {
  const copied: Digest[] = [];
  const refused: Digest[] = [];
  for (const raw of plan.referrers) {
    try {
      await to.putManifest(raw);
      copied.push(raw.digest);
    } catch (error) {
      if (!(error instanceof HttpError) || error.status !== 405) throw error;
      refused.push(raw.digest);
    }
  }
  return { copied, refused };
}

async function sendManifests(plan: CopyPlan, root: RawManifest, to: Store): Promise<CopyResult['referrers']> {
  for (const child of plan.manifests.slice(0, -1)) await to.putManifest(child);
  const [first, ...others] = plan.tags;
  await to.putManifest(root, first);
  await Promise.all(others.map((tag) => to.putManifest(root, tag)));
  return sendReferrers(plan, to);
}

/** Adds up what is on its way in several lanes. */
function createMeter(tell: CopyContext['onProgress']) {
  const parts = new Map<string, number>();
  let total = 0;
  let done = 0;
  return {
    expect(blobs: readonly Descriptor[]): void {
      total += blobs.reduce((sum, { size }) => sum + size, 0);
    },
    moved({ digest }: Descriptor, bytes: number): void {
      done += bytes - (parts.get(digest) ?? 0);
      parts.set(digest, bytes);
      tell?.(done, total);
    },
  };
}

async function sendBlob(
  descriptor: Descriptor,
  from: Store & Partial<OriginsOf>,
  to: Store,
  context: CopyContext & Pick<PutOptions, 'onBytes'>,
): Promise<PutResult> {
  const origins: readonly BlobOrigin[] = from.origins?.(descriptor.digest) ?? [];
  const own = await from.blob(descriptor);
  const blob = own ?? {
    digest: descriptor.digest,
    size: descriptor.size,
    async open(signal?: AbortSignal) {
      for (const origin of origins) {
        const source = await context.sources?.(origin.repository);
        const found = await source?.blob(descriptor);
        const stream = await found?.open(signal).catch(unlessMissing);
        if (stream) return stream;
      }
      throw new LadingError('remote', `${from.name} only refers to ${descriptor.digest}, and no repository has it`, {
        code: 'BLOB_MISSING',
        hint: 'Build again without --to, so that the layout holds every layer.',
      });
    },
  };
  return to.put(blob, { origins, signal: context.signal, onBytes: context.onBytes });
}

/** A repository tells only when it is read that it has no such blob. */
function unlessMissing(error: unknown): undefined {
  if (!(error instanceof HttpError) || error.status !== 404) throw error;
}
