import * as v from 'valibot';
import type { AwsFault } from '../service.js';
import { invalid } from './input.js';

const positive = v.pipe(v.number(), v.integer(), v.minValue(1));
const texts = v.optional(v.pipe(v.array(v.pipe(v.string(), v.minLength(1))), v.minLength(1)));

const rule = v.strictObject({
  rulePriority: positive,
  description: v.optional(v.string()),
  selection: v.strictObject({
    tagStatus: v.picklist(['tagged', 'untagged', 'any']),
    tagPrefixList: texts,
    tagPatternList: texts,
    countType: v.picklist(['imageCountMoreThan', 'sinceImagePushed']),
    countUnit: v.optional(v.picklist(['days'])),
    countNumber: positive,
  }),
  action: v.strictObject({ type: v.picklist(['expire']) }),
});

const policy = v.strictObject({ rules: v.pipe(v.array(rule), v.minLength(1), v.maxLength(50)) });

export type LifecycleRule = v.InferOutput<typeof rule>;

/** The rules by their priority. Throws what ECR says of a policy that it does not take. https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html */
export function readLifecyclePolicy(text: string): readonly LifecycleRule[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw wrong('Could not map policyString into LifecyclePolicy.');
  }
  const result = v.safeParse(policy, value);
  if (!result.success) {
    const [issue] = result.issues;
    const place = v.getDotPath(issue);
    throw wrong(`${place ? `${place}: ` : ''}${issue.message}`);
  }
  const rules = [...result.output.rules].sort((a, b) => a.rulePriority - b.rulePriority);
  const complaint = rules.map(complaintOf).find(Boolean) ?? complaintOfAll(rules);
  if (complaint !== undefined) throw wrong(complaint);
  return rules;
}

function complaintOf({ rulePriority, selection }: LifecycleRule): string | undefined {
  const { tagStatus, tagPrefixList, tagPatternList, countType, countUnit } = selection;
  const of = `the rule of priority ${rulePriority}`;
  const lists = [tagPrefixList, tagPatternList].filter((list) => list !== undefined);
  if (tagStatus === 'tagged' && lists.length !== 1)
    return `${of} must have either tagPrefixList or tagPatternList, since its tagStatus is tagged`;
  if (tagStatus !== 'tagged' && lists.length > 0)
    return `${of} must have neither tagPrefixList nor tagPatternList, since its tagStatus is ${tagStatus}`;
  if (tagPatternList?.some((pattern) => pattern.split('*').length > 5))
    return `${of} has more than four wildcards in a pattern`;
  if ((countType === 'sinceImagePushed') !== (countUnit !== undefined))
    return `${of} must have a countUnit with sinceImagePushed, and only then`;
  return undefined;
}

function complaintOfAll(rules: readonly LifecycleRule[]): string | undefined {
  const priorities = rules.map(({ rulePriority }) => rulePriority);
  if (new Set(priorities).size < priorities.length) return 'two rules have the same rulePriority';
  const count = (status: string) => rules.filter(({ selection }) => selection.tagStatus === status).length;
  if (count('any') > 1) return 'only one rule may have the tagStatus any';
  if (count('untagged') > 1) return 'only one rule may have the tagStatus untagged';
  if (count('any') === 1 && rules.at(-1)?.selection.tagStatus !== 'any')
    return 'the rule with the tagStatus any must have the highest rulePriority';
  const prefixes = rules.flatMap(({ selection }) => selection.tagPrefixList ?? []);
  if (new Set(prefixes).size < prefixes.length) return 'two rules have the same tag prefix';
  return undefined;
}

function wrong(complaint: string): AwsFault {
  return invalid('LifecyclePolicyText', `Lifecycle policy validation failure: ${complaint}`);
}
