import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openEcs } from '../../../../test/support/sandbox-ecs.js';
import { createPages } from './page.js';

test('the pages together are the whole list, each no longer than was asked', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer()),
      fc.option(fc.integer({ min: 1, max: 10 }), { nil: undefined }),
      fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
      (entries, maxResults, size) => {
        const pages = createPages(size);
        const all: number[] = [];
        let nextToken: string | undefined;
        do {
          const asked = {
            ...(maxResults !== undefined && { maxResults }),
            ...(nextToken !== undefined && { nextToken }),
          };
          const { page, more } = pages.cut(entries, asked, { most: 10, usual: 7 });
          expect(page.length).toBeLessThanOrEqual(Math.min(maxResults ?? 7, size ?? Infinity));
          all.push(...page);
          ({ nextToken } = more);
        } while (nextToken !== undefined);
        expect(all).toEqual(entries);
      },
    ),
  );
});

test.each([
  ['more than there may be', { maxResults: 11 }],
  ['none', { maxResults: 0 }],
  ['half a one', { maxResults: 1.5 }],
  ['a token of nobody', { nextToken: 'abc' }],
  [
    'the token of another question',
    { nextToken: createPages().cut([1, 2, 3], { family: 'a', maxResults: 1 }, { most: 10, usual: 1 }).more.nextToken },
  ],
])('refuses %s', (_name, input) => {
  expect(() => createPages().cut([1, 2, 3], input, { most: 10, usual: 1 })).toThrow(/maxResults|token/);
});

const lists = [
  ['ListTasks', { serviceName: 'web' }, 'taskArns', 100],
  ['ListServices', {}, 'serviceArns', 10],
  ['ListTaskDefinitions', {}, 'taskDefinitionArns', 100],
  ['ListTaskDefinitionFamilies', {}, 'families', 100],
  ['ListClusters', {}, 'clusterArns', 100],
  ['ListServiceDeployments', { service: 'web' }, 'serviceDeployments', 20],
  ['ListAccountSettings', { effectiveSettings: true }, 'settings', 10],
  ['DescribeCapacityProviders', {}, 'capacityProviders', 10],
] as const;

test.each(lists)('%s comes in pages', (operation, input, member, usual) => {
  const { call, deploy, pass } = openEcs({ service: { desiredCount: 0 } });
  const autoScalingGroupProvider = { autoScalingGroupArn: 'arn:aws:autoscaling:eu-central-1:1:autoScalingGroup:a' };
  for (let count = 0; count < 120; count++) {
    if (operation === 'ListServices' && count < 30)
      call('CreateService', {
        serviceName: `s${count}`,
        taskDefinition: 'web:1',
        desiredCount: 0,
        launchType: 'EC2',
        networkConfiguration: { awsvpcConfiguration: { subnets: ['a'] } },
      });
    if (operation === 'ListTaskDefinitions' || operation === 'ListTaskDefinitionFamilies')
      call('RegisterTaskDefinition', {
        family: `f${count}`,
        containerDefinitions: [{ name: 'a', image: 'a', memory: 8 }],
      });
    if (operation === 'ListClusters') call('CreateCluster', { clusterName: `c${count}` });
    if (operation === 'ListServiceDeployments' && count < 30) {
      deploy({ forceNewDeployment: true });
      pass(5);
    }
    if (operation === 'DescribeCapacityProviders' && count < 30)
      call('CreateCapacityProvider', { name: `p${count}`, autoScalingGroupProvider });
  }
  if (operation === 'ListTasks') {
    call('UpdateService', { service: 'web', desiredCount: 130 });
    pass(1);
  }
  const read = (more: Readonly<Record<string, unknown>>) => {
    const sizes: number[] = [];
    const all: unknown[] = [];
    let nextToken: string | undefined;
    do {
      const answer = call<Record<string, unknown>>(operation, { ...input, ...more, ...(nextToken && { nextToken }) });
      sizes.push((answer[member] as unknown[]).length);
      all.push(...(answer[member] as unknown[]));
      nextToken = answer.nextToken as string | undefined;
    } while (nextToken);
    return { sizes, all };
  };
  const usually = read({});
  expect(usually.sizes[0]).toBe(usual);
  expect(new Set(usually.all.map((one) => JSON.stringify(one))).size).toBe(usually.all.length);
  expect(read({ maxResults: 3 }).all).toEqual(usually.all);
});

test('pages may be short whatever is asked', () => {
  const { call } = openEcs({ pageSize: 2, service: { desiredCount: 5 } });
  const page = call<{ taskArns: string[]; nextToken: string }>('ListTasks', { serviceName: 'web', maxResults: 100 });
  expect(page.taskArns).toHaveLength(2);
  expect(page.nextToken).toBeTruthy();
});
