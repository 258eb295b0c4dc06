import * as v from 'valibot';
import type { EcrImage } from '../../../aws/reads/images.js';
import { matches } from '../../../aws/policy/evaluate.js';

const rule = v.looseObject({
  rulePriority: v.number(),
  selection: v.looseObject({
    tagStatus: v.string(),
    tagPrefixList: v.optional(v.array(v.string()), []),
    tagPatternList: v.optional(v.array(v.string()), []),
    countType: v.string(),
    countNumber: v.optional(v.number()),
  }),
  action: v.optional(v.looseObject({ type: v.optional(v.string()) })),
});
const policy = v.looseObject({ rules: v.array(rule) });

const DAY = 86_400_000;
/** Days. */
const SOON = 7;

type Rule = v.InferOutput<typeof rule>;

/** Which rule takes an image away: `soon` within a week, `later` when enough time or pushes have passed. */
export interface Threat {
  readonly kind: 'soon' | 'later';
  readonly rule: number;
  readonly why: string;
}

/**
 * What lifecycle rules do to each image, by its digest; an image belongs to the first rule that selects it. `now` is in
 * milliseconds since 1970. A policy that is not understood makes each image `unreadable`. Pure.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
 */
export function expiringImages(
  text: string,
  images: readonly EcrImage[],
  now: number,
): ReadonlyMap<string, Threat | 'unreadable'> {
  const rules = parseRules(text);
  if (rules === undefined) return new Map(images.map(({ imageDigest }) => [imageDigest, 'unreadable' as const]));
  const threats = new Map<string, Threat>();
  const taken = new Set<string>();
  for (const one of rules) {
    const chosen = images.filter((image) => !taken.has(image.imageDigest) && selects(one, image));
    const sorted = [...chosen].sort((a, b) => (b.imagePushedAt ?? 0) - (a.imagePushedAt ?? 0));
    for (const [at, image] of sorted.entries()) {
      taken.add(image.imageDigest);
      const threat = threatTo(one, at, (now - (image.imagePushedAt ?? 0) * 1000) / DAY);
      if (one.action?.type !== 'transition') threats.set(image.imageDigest, threat);
    }
  }
  return threats;
}

function parseRules(text: string): readonly Rule[] | undefined {
  try {
    const { rules } = v.parse(policy, JSON.parse(text));
    return [...rules].sort((a, b) => a.rulePriority - b.rulePriority);
  } catch {
    return undefined;
  }
}

/** Every prefix or pattern of a rule must be met by a tag of the image. */
function selects({ selection }: Rule, { imageTags }: EcrImage): boolean {
  const { tagStatus, tagPrefixList, tagPatternList } = selection;
  if (tagStatus === 'untagged') return imageTags.length === 0;
  if (tagStatus === 'any') return true;
  if (imageTags.length === 0) return false;
  return (
    tagPrefixList.every((prefix) => imageTags.some((tag) => tag.startsWith(prefix))) &&
    tagPatternList.every((pattern) => imageTags.some((tag) => matches(pattern, tag)))
  );
}

/** `at`: how many of the images of this rule are newer; `age` in days. */
function threatTo({ rulePriority, selection }: Rule, at: number, age: number): Threat {
  const { countType, countNumber = 0, tagStatus } = selection;
  if (countType === 'imageCountMoreThan') {
    const why = `it keeps ${countNumber} ${tagStatus === 'any' ? '' : `${tagStatus} `}images`;
    return { kind: at >= countNumber ? 'soon' : 'later', rule: rulePriority, why };
  }
  // How long ago an image was pulled is not known here.
  if (countType !== 'sinceImagePushed') return { kind: 'later', rule: rulePriority, why: 'it is not pulled any more' };
  const why = `it expires ${tagStatus === 'any' ? '' : `${tagStatus} `}images after ${countNumber} days`;
  return { kind: countNumber - age < SOON ? 'soon' : 'later', rule: rulePriority, why };
}
