import type { Context } from '../../base/context.js';
import { InputError } from '../../base/errors.js';
import { say, withTask } from '../../base/tell/report.js';
import { formatBytes } from '../../base/bytes.js';
import type { CopyPlan, CopyResult } from '../../oci/copy.js';
import { copy, planCopy } from '../../oci/copy.js';
import { shortDigest } from '../../oci/digest.js';
import type { Reference } from '../../oci/reference.js';
import { formatReference, repositoryName, selectorOf } from '../../oci/reference.js';
import type { BlobOrigin, OriginsOf } from '../../oci/store.js';
import type { Repository } from '../../registry/repository.js';
import { foretell } from '../images/foretell.js';
import type { RegistryValues } from '../images/registries.js';
import { openRegistry } from '../images/registries.js';
import { tagsOf } from '../images/send.js';
import { archivedImage } from './archived.js';

export interface Promotion {
  readonly from: Reference;
  readonly to: readonly Reference[];
  /** Beside those of the targets; a target without any gets the tag of `from`. */
  readonly tags: readonly string[];
  /** Take along what refers to the image: signatures, SBOMs, provenance. */
  readonly referrers: boolean;
  readonly dryRun: boolean;
}

/** An image in one of the repositories that it was promoted to. */
export interface Promoted {
  /** `repository@sha256:…` */
  readonly reference: string;
  readonly tags: readonly string[];
  /** Tag → digest that it stood for before; only of tags that moved. */
  readonly moved: Readonly<Record<string, string>>;
  readonly blobs: CopyResult['blobs'];
  readonly bytesUploaded: number;
  /** How many of them are there now, and how many the registry does not take. */
  readonly referrers: { readonly copied: number; readonly refused: number };
}

export interface PromoteResult {
  readonly from: string;
  readonly digest: string;
  readonly targets: readonly Promoted[];
}

/** The very same image by its digest in other repositories, with what refers to it. One target after the other, in order. */
export async function promote(promotion: Promotion, values: RegistryValues, context: Context): Promise<PromoteResult> {
  const { from } = promotion;
  const source = openRegistry(from, context, values);
  const selector = selectorOf(from);
  const found = await source.manifest(selector);
  if (!found) throw await missing(from, context);
  const targets: Promoted[] = [];
  for (const target of promotion.to) {
    const own = tagsOf(target.tag, promotion.tags);
    const tags = own.length === 0 && from.tag !== undefined ? [from.tag] : own;
    if (tags.length === 0)
      say(
        context.report,
        'warning',
        `${repositoryName(target)} gets no tag: a rule for untagged images may delete it.`,
      );
    const plan = await planCopy(source, found.digest, { tags, referrers: promotion.referrers });
    const repository = openRegistry(target, context, values);
    const step = { plan, source, repository };
    targets.push(await (promotion.dryRun ? foretold(step, context) : moved(step, context)));
  }
  return { from: `${source.name}@${found.digest}`, digest: found.digest, targets };
}

interface Step {
  readonly plan: CopyPlan;
  readonly source: Repository;
  readonly repository: Repository;
}

async function moved(step: Step, context: Context): Promise<Promoted> {
  const { plan, source, repository } = step;
  return withTask(context, `Promote to ${repository.name}`, async (task) => {
    const before = await tagsBefore(step);
    const copied = await copy(plan, withOrigins(source), repository, {
      signal: context.signal,
      onProgress: (done, total) => task.progress(done, total),
    });
    const { blobs, bytesUploaded, referrers } = copied;
    task.detail(
      `${formatBytes(bytesUploaded)} sent, ${blobs.mounted} of ${blobs.mounted + blobs.uploaded} layers mounted`,
    );
    if (referrers.refused.length > 0) {
      const what = referrers.refused.map(shortDigest).join(', ');
      say(context.report, 'warning', `${repository.name} does not take what refers to the image: ${what}`);
    }
    return {
      reference: `${repository.name}@${copied.digest}`,
      tags: plan.tags,
      moved: before,
      blobs,
      bytesUploaded,
      referrers: { copied: referrers.copied.length, refused: referrers.refused.length },
    };
  });
}

async function foretold(step: Step, { report }: Context): Promise<Promoted> {
  const { plan, source, repository } = step;
  const { digest, blobs, bytesUploaded } = await foretell(plan, withOrigins(source), repository, report);
  return {
    reference: `${repository.name}@${digest}`,
    tags: plan.tags,
    moved: await tagsBefore(step),
    blobs,
    bytesUploaded,
    referrers: { copied: plan.referrers.length, refused: 0 },
  };
}

/** What the tags stand for that will move. */
async function tagsBefore({ plan, repository }: Step): Promise<Readonly<Record<string, string>>> {
  const digest = plan.manifests.at(-1)?.digest;
  const before = await Promise.all(
    plan.tags.map(async (tag) => [tag, (await repository.manifest(tag))?.digest] as const),
  );
  return Object.fromEntries(
    before.flatMap(([tag, now]) => (now === undefined || now === digest ? [] : [[tag, now] as const])),
  );
}

/** A registry may take over what lies in another of its repositories. */
function withOrigins(source: Repository): Repository & OriginsOf {
  const origin: BlobOrigin = { repository: source.name };
  return { ...source, origins: () => [origin] };
}

async function missing(from: Reference, context: Context): Promise<InputError> {
  const name = formatReference(from);
  const archived = await archivedImage(from, context);
  if (archived)
    return new InputError({
      where: 'from',
      message: `${name} is archived`,
      hint: `Restore it first (up to 20 minutes): ${archived.restore}`,
    });
  return new InputError({
    where: 'from',
    message: `${name} does not exist`,
    hint: 'Push it first, or check tag and digest.',
  });
}
