import type { Digest } from '../../oci/digest.js';
import type { LifecycleRule } from './lifecycle-policy.js';

export interface AgedImage {
  readonly digest: Digest;
  readonly tags: readonly string[];
  /** Milliseconds. */
  readonly pushedAt: number;
  /** An index of the repository refers to it. */
  readonly isReferred: boolean;
}

export interface Expiry {
  readonly digest: Digest;
  readonly appliedRulePriority: number;
}

const DAY_MS = 86_400_000;

/**
 * Which images the rules would expire, the oldest first. All rules look at all images, then the one of the lowest
 * priority number marks first; an image that a rule selects is out of reach for those after it.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
 */
export function previewLifecycle(
  rules: readonly LifecycleRule[],
  images: readonly AgedImage[],
  now: number,
): readonly Expiry[] {
  const oldestFirst = [...images].sort((a, b) => a.pushedAt - b.pushedAt);
  const taken = new Set<string>();
  const expiries = new Map<string, Expiry>();
  for (const rule of [...rules].sort((a, b) => a.rulePriority - b.rulePriority)) {
    const selected = oldestFirst.filter((image) => selects(rule, image));
    for (const { digest, isReferred } of overdue(rule, selected, now))
      if (!taken.has(digest) && !isReferred) expiries.set(digest, { digest, appliedRulePriority: rule.rulePriority });
    for (const { digest } of selected) taken.add(digest);
  }
  return oldestFirst.flatMap(({ digest }) => expiries.get(digest) ?? []);
}

function overdue({ selection }: LifecycleRule, oldestFirst: readonly AgedImage[], now: number): readonly AgedImage[] {
  const { countType, countNumber } = selection;
  if (countType === 'imageCountMoreThan') return oldestFirst.slice(0, Math.max(0, oldestFirst.length - countNumber));
  return oldestFirst.filter(({ pushedAt }) => now - pushedAt > countNumber * DAY_MS);
}

/** With several prefixes or patterns, an image must have a tag for each. */
function selects({ selection }: LifecycleRule, { tags }: AgedImage): boolean {
  const { tagStatus, tagPrefixList, tagPatternList } = selection;
  if (tagStatus === 'any') return true;
  if (tagStatus === 'untagged') return tags.length === 0;
  const wanted = tagPrefixList?.map((prefix) => `${prefix}*`) ?? tagPatternList ?? [];
  return wanted.every((pattern) => tags.some((tag) => fits(pattern, tag)));
}

/** Without regular expressions: a pattern must not take longer than its text. */
function fits(pattern: string, tag: string): boolean {
  const [first = '', ...others] = pattern.split('*');
  const last = others.pop();
  if (last === undefined) return tag === first;
  if (!tag.startsWith(first)) return false;
  let at = first.length;
  for (const part of others) {
    const found = tag.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return tag.length - last.length >= at && tag.endsWith(last);
}
