import { formatBytes } from '../base/bytes.js';
import type { Context } from '../base/context.js';
import { withTask } from '../base/report.js';
import type { Layout } from '../image/layout/layout.js';
import type { CopyPlan, CopyResult, PlanOptions } from '../oci/copy.js';
import { copy, planCopy } from '../oci/copy.js';
import type { Repository } from '../registry/repository.js';
import type { RegistryValues } from './registries.js';
import { openRegistry } from './registries.js';

export interface PushResult {
  /** `repository@sha256:…` */
  readonly reference: string;
  readonly digest: string;
  readonly tags: readonly string[];
  readonly blobs: CopyResult['blobs'];
  readonly bytesUploaded: number;
  readonly requests: number;
}

export interface Sending {
  readonly layout: Layout;
  readonly repository: Repository;
  readonly selector: string;
  readonly plan: PlanOptions;
  readonly values: RegistryValues;
  readonly dryRun: boolean;
  /** Bytes that went while the image was made. */
  readonly early?: number;
}

export async function sendImage(sending: Sending, context: Context): Promise<PushResult> {
  const { layout, repository } = sending;
  const plan = await planCopy(layout, sending.selector, sending.plan);
  if (sending.dryRun) return foretell(plan, repository);
  const result = await withTask(context, `Push to ${repository.name}`, async (task) => {
    const copied = await copy(plan, layout, repository, {
      signal: context.signal,
      sources: async (name) => openRegistry(name, context, sending.values),
      onProgress: (done, total) => task.progress(done, total),
    });
    task.detail(sentText(sending.early ?? 0, copied.bytesUploaded));
    return copied;
  });
  return {
    reference: `${repository.name}@${result.digest}`,
    digest: result.digest,
    tags: result.tags,
    blobs: result.blobs,
    bytesUploaded: result.bytesUploaded,
    requests: repository.stats().requests,
  };
}

/** Of the bytes that went while the image was made, and of those after it. */
function sentText(early: number, late: number): string {
  if (early === 0) return `${formatBytes(late)} sent`;
  const during = `${formatBytes(early)} sent during the build`;
  return late === 0 ? during : `${during}, ${formatBytes(late)} after it`;
}

async function foretell(plan: CopyPlan, repository: Repository): Promise<PushResult> {
  const root = plan.manifests.at(-1);
  const there = await Promise.all(plan.blobs.map((blob) => repository.has(blob)));
  const missing = plan.blobs.filter((_blob, at) => !there[at]);
  const digest = root?.digest ?? '';
  return {
    reference: `${repository.name}@${digest}`,
    digest,
    tags: plan.tags,
    blobs: { uploaded: missing.length, mounted: 0, existing: plan.proven.length + plan.blobs.length - missing.length },
    bytesUploaded: missing.reduce((sum, blob) => sum + blob.size, 0),
    requests: repository.stats().requests,
  };
}

/** The tag of the reference and the further ones, once each. */
export function tagsOf(own: string | undefined, further: readonly string[] | undefined): readonly string[] {
  return [...new Set([...(own === undefined ? [] : [own]), ...(further ?? [])])];
}
