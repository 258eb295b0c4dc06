import { formatBytes } from '../../base/bytes.js';
import { mapLimit } from '../../base/limit.js';
import type { Report } from '../../base/tell/report.js';
import { say } from '../../base/tell/report.js';
import type { Layout } from '../../image/layout/layout.js';
import type { CopyPlan } from '../../oci/copy.js';
import { shortDigest } from '../../oci/digest.js';
import type { Descriptor } from '../../oci/manifest.js';
import type { Repository } from '../../registry/repository.js';
import { mountable } from '../../registry/upload.js';

export interface Foretold {
  readonly digest: string;
  readonly blobs: { readonly uploaded: number; readonly mounted: number; readonly existing: number };
  /** Of what would be uploaded. */
  readonly bytesUploaded: number;
}

/** Asks what is there and says what would move. Sends nothing. */
export async function foretell(
  plan: CopyPlan,
  layout: Pick<Layout, 'origins'>,
  repository: Repository,
  report: Report,
): Promise<Foretold> {
  const digest = plan.manifests.at(-1)?.digest ?? '';
  const { host, repository: name } = repository.reference;
  const there = await mapLimit(plan.blobs, 5, (blob) => repository.has(blob));
  const tags = await mapLimit(plan.tags, 5, (tag) => repository.manifest(tag));
  const missing = plan.blobs.filter((_blob, at) => !there[at]);
  const sources = new Map(missing.map((blob) => [blob, mountable(layout.origins(blob.digest), host, name)[0]]));
  const mounted = missing.filter((blob) => sources.get(blob) !== undefined);
  const uploaded = missing.filter((blob) => sources.get(blob) === undefined);
  const existing = plan.proven.length + plan.blobs.length - missing.length;
  const bytesUploaded = sizeOf(uploaded);

  const tell = (text: string) => say(report, 'info', text);
  tell(`Nothing is sent to ${repository.name}. What would be:`);
  for (const blob of uploaded) tell(`  send ${shortDigest(blob.digest)} (${formatBytes(blob.size)})`);
  for (const blob of mounted)
    tell(`  mount ${shortDigest(blob.digest)} from ${sources.get(blob)} (${formatBytes(blob.size)} if that fails)`);
  tell(
    `  in all ${uploaded.length} sent (${formatBytes(bytesUploaded)}), ${mounted.length} mounted (${formatBytes(sizeOf(mounted))}), ${existing} there already`,
  );
  for (const [at, tag] of plan.tags.entries()) tell(`  ${tagText(tag, tags[at]?.digest, digest)}`);
  return {
    digest,
    blobs: { uploaded: uploaded.length, mounted: mounted.length, existing },
    bytesUploaded,
  };
}

function sizeOf(blobs: readonly Descriptor[]): number {
  return blobs.reduce((sum, { size }) => sum + size, 0);
}

function tagText(tag: string, now: string | undefined, then: string): string {
  if (now === undefined) return `tag ${tag} as ${shortDigest(then)}`;
  if (now === then) return `leave the tag ${tag}, which is ${shortDigest(then)} already`;
  return `move the tag ${tag} from ${shortDigest(now)} to ${shortDigest(then)}`;
}
