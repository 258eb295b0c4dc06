import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digestOf } from '../../oci/digest.js';
import type { LifecycleRule } from './lifecycle-policy.js';
import { readLifecyclePolicy } from './lifecycle-policy.js';
import type { AgedImage } from './lifecycle-preview.js';
import { previewLifecycle } from './lifecycle-preview.js';

const DAY = 86_400_000;
const NOW = 100 * DAY;

type Selection = LifecycleRule['selection'];

const tagged = (prefix: string, more: Partial<Selection> = {}): Selection => ({
  tagStatus: 'tagged',
  tagPrefixList: [prefix],
  countType: 'imageCountMoreThan',
  countNumber: 1,
  ...more,
});
const patterns = (...tagPatternList: string[]): Selection => ({
  tagStatus: 'tagged',
  tagPatternList,
  countType: 'imageCountMoreThan',
  countNumber: 1,
});
const older = (tagStatus: 'any' | 'untagged', days: number): Selection => ({
  tagStatus,
  countType: 'sinceImagePushed',
  countUnit: 'days',
  countNumber: days,
});
const most = (tagStatus: 'any' | 'untagged', countNumber: number): Selection => ({
  tagStatus,
  countType: 'imageCountMoreThan',
  countNumber,
});

const rulesOf = (selections: readonly Selection[]): LifecycleRule[] =>
  selections.map((selection, at) => ({ rulePriority: at + 1, selection, action: { type: 'expire' } }));

const image = (name: string, days: number, ...tags: string[]): AgedImage => ({
  digest: digestOf(Buffer.from(name)),
  tags,
  pushedAt: NOW - days * DAY,
  isReferred: false,
});

/** `A by 1`: the image, and the rule that expires it. */
function expired(selections: readonly Selection[], images: Readonly<Record<string, AgedImage>>): string[] {
  const names = new Map(Object.entries(images).map(([name, { digest }]) => [digest, name]));
  return previewLifecycle(rulesOf(selections), Object.values(images), NOW).map(
    ({ digest, appliedRulePriority }) => `${names.get(digest)} by ${appliedRulePriority}`,
  );
}

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_examples.html */
describe('the examples of the documentation', () => {
  const three = {
    A: image('A', 10, 'beta-1', 'prod-1'),
    B: image('B', 9, 'beta-2', 'prod-2'),
    C: image('C', 8, 'beta-3'),
  };
  const both = { tagPrefixList: ['alpha', 'beta'] };
  const six = {
    A: image('A', 12, 'alpha-1'),
    B: image('B', 11, 'beta-1'),
    C: image('C', 10, 'alpha-2', 'beta-2'),
    D: image('D', 4, 'alpha-3'),
    E: image('E', 3, 'beta-3'),
    F: image('F', 2, 'alpha-4', 'beta-4'),
  };
  const overlapping = {
    A: image('A', 10, 'alpha-1', 'beta-1', 'gamma-1'),
    B: image('B', 9, 'alpha-2', 'beta-2'),
    C: image('C', 8, 'alpha-3', 'beta-3', 'gamma-2'),
  };
  const old = { countType: 'sinceImagePushed', countUnit: 'days', countNumber: 5 } as const;
  test.each([
    ['multiple rules, A', [tagged('prod'), tagged('beta')], three, ['A by 1']],
    ['multiple rules, B', [tagged('beta'), tagged('prod')], three, ['A by 1', 'B by 1']],
    ['multiple tags in a single rule, A', [tagged('', { ...both, ...old })], six, ['C by 1']],
    ['multiple tags in a single rule, B', [tagged('', both)], overlapping, ['A by 1', 'B by 1']],
  ] as [string, Selection[], Record<string, AgedImage>, string[]][])('%s', (_, selections, images, expected) => {
    expect(expired(selections, images)).toEqual(expected);
  });
});

test('what tagged and untagged images keep is out of reach for a rule about all', () => {
  const images = {
    A: image('A', 12, 'alpha-1'),
    B: image('B', 11, 'beta-1'),
    C: image('C', 10),
    D: image('D', 4, 'alpha-2'),
    E: image('E', 3),
  };
  const rules = [tagged('alpha', { countNumber: 2 }), most('untagged', 1), older('any', 3)];
  expect(expired(rules, images)).toEqual(['B by 3', 'C by 2']);
  expect(expired([most('any', 2)], images)).toEqual(['A by 1', 'B by 1', 'C by 1']);
});

describe('which images a rule selects', () => {
  test.each([
    [['v*'], ['v1'], true],
    [['v*'], ['1v'], false],
    [['*'], ['x'], true],
    [['a*b*c'], ['a-b-c'], true],
    [['a*b*c'], ['a-c-b'], false],
    [['a*a'], ['a'], false],
    [['a*a'], ['aa'], true],
    [['a*', 'b*'], ['a1', 'b1'], true],
    [['a*', 'b*'], ['a1', 'c1'], false],
    [['latest'], ['latest'], true],
    [['latest'], ['latest2'], false],
    [['*a*a*a*a*'], ['a'.repeat(300)], true],
    [['*a*a*a*b'], ['a'.repeat(300)], false],
  ])('patterns %j, tags %j: %j', (list, tags, isSelected) => {
    const images = { A: image('A', 10, ...tags), B: image('B', 9, ...tags) };
    expect(expired([patterns(...list)], images)).toEqual(isSelected ? ['A by 1'] : []);
  });

  test('an image that an index refers to stays; one as old as the limit too', () => {
    const images = { A: { ...image('A', 10), isReferred: true }, B: image('B', 10), C: image('C', 3) };
    expect(expired([older('any', 3)], images)).toEqual(['B by 1']);
  });
});

test('each image goes by one rule at most, the one that selects it first', () => {
  const tag = fc.constantFrom('prod-1', 'beta-1', 'v1', 'v2');
  const aged = fc.record({ days: fc.nat(20), tags: fc.uniqueArray(tag, { maxLength: 3 }) });
  const selection = fc.constantFrom(
    tagged('prod'),
    tagged('beta'),
    patterns('v*'),
    most('untagged', 1),
    older('any', 5),
  );
  fc.assert(
    fc.property(fc.array(aged, { maxLength: 12 }), fc.uniqueArray(selection), (described, selections) => {
      const images = described.map(({ days, tags }, at) => image(`image ${at}`, days, ...tags));
      const all = previewLifecycle(rulesOf(selections), images, NOW);
      expect(new Set(all.map(({ digest }) => digest)).size).toBe(all.length);
      selections.forEach((one, at) => {
        // A rule alone expires no fewer than among others.
        const alone = new Set(previewLifecycle(rulesOf([one]), images, NOW).map(({ digest }) => digest));
        for (const { digest, appliedRulePriority } of all)
          if (appliedRulePriority === at + 1) expect(alone.has(digest)).toBe(true);
      });
      const times = all.map(({ digest }) => images.find((one) => one.digest === digest)?.pushedAt ?? 0);
      expect(times).toEqual([...times].sort((a, b) => a - b));
    }),
  );
});

describe('a policy that ECR does not take', () => {
  const rule = (more: object, selection: object = {}) => ({
    rulePriority: 1,
    selection: { tagStatus: 'untagged', countType: 'imageCountMoreThan', countNumber: 1, ...selection },
    action: { type: 'expire' },
    ...more,
  });
  const any = rule({ rulePriority: 1 }, { tagStatus: 'any' });
  test.each([
    ['not JSON', '{', 'Could not map policyString'],
    ['no rules', {}, 'rules'],
    ['an empty list', { rules: [] }, 'rules'],
    ['no priority', { rules: [rule({ rulePriority: undefined })] }, 'rulePriority'],
    ['a count of 0', { rules: [rule({}, { countNumber: 0 })] }, 'countNumber'],
    ['an unknown field', { rules: [rule({ name: 'x' })] }, 'name'],
    ['an unknown action', { rules: [rule({ action: { type: 'keep' } })] }, 'action.type'],
    ['tagged without tags', { rules: [rule({}, { tagStatus: 'tagged' })] }, 'tagPrefixList or tagPatternList'],
    [
      'tagged with both',
      { rules: [rule({}, { tagStatus: 'tagged', tagPrefixList: ['a'], tagPatternList: ['b'] })] },
      'either',
    ],
    ['untagged with tags', { rules: [rule({}, { tagPrefixList: ['a'] })] }, 'neither'],
    ['five wildcards', { rules: [rule({}, { tagStatus: 'tagged', tagPatternList: ['*a*b*c*d*'] })] }, 'four wildcards'],
    ['an age without unit', { rules: [rule({}, { countType: 'sinceImagePushed' })] }, 'countUnit'],
    ['a count with unit', { rules: [rule({}, { countUnit: 'days' })] }, 'countUnit'],
    ['one priority twice', { rules: [rule({}), rule({}, { tagStatus: 'any' })] }, 'the same rulePriority'],
    ['untagged twice', { rules: [rule({}), rule({ rulePriority: 2 })] }, 'untagged'],
    ['any before another', { rules: [any, rule({ rulePriority: 2 })] }, 'the highest rulePriority'],
  ])('%s', (_, policy, complaint) => {
    const text = typeof policy === 'string' ? policy : JSON.stringify(policy);
    const place =
      "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation";
    expect(() => readLifecyclePolicy(text)).toThrow(place);
    expect(() => readLifecyclePolicy(text)).toThrow(complaint);
  });
});
