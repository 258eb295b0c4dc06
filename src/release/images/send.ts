import { formatBytes } from '../../base/bytes.js';
import type { Context } from '../../base/context.js';
import { withTask } from '../../base/tell/report.js';
import type { Layout } from '../../image/layout/layout.js';
import type { CopyResult, PlanOptions } from '../../oci/copy.js';
import { copy, planCopy } from '../../oci/copy.js';
import type { Repository } from '../../registry/repository.js';
import { foretell } from './foretell.js';
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
  if (sending.dryRun) {
    const { digest, ...foretold } = await foretell(plan, layout, repository, context.report);
    const { requests } = repository.stats();
    return { reference: `${repository.name}@${digest}`, digest, tags: plan.tags, ...foretold, requests };
  }
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

/** The tag of the reference and the further ones, once each. */
export function tagsOf(own: string | undefined, further: readonly string[] | undefined): readonly string[] {
  return [...new Set([...(own === undefined ? [] : [own]), ...(further ?? [])])];
}
