import { describe, expect, test } from 'vitest';
import { commandTable } from '../index.js';
import { policyFor } from './policy.js';
import { roleNeeds, roleVerbs } from './roles.js';

const actionsOf = (role: keyof typeof roleNeeds) => roleNeeds[role].map(({ action }) => action);
const nouns = Object.keys(roleNeeds) as (keyof typeof roleNeeds)[];

describe('roles', () => {
  test.each(nouns)('%s has what its verbs say that they need', async (role) => {
    const verbs = commandTable.filter(({ name }) => roleVerbs[role].includes(name));
    for (const { name, load } of verbs) {
      for (const { action, resource } of (await load()).needs?.aws ?? []) {
        const has = roleNeeds[role].some((need) => need.action === action && need.resource === resource);
        expect([name, action, resource, has]).toEqual([name, action, resource, true]);
      }
    }
  });

  test('the builder cannot deploy, the deployer cannot push, who plans changes nothing, who rotates pulls', () => {
    expect(actionsOf('build').filter((action) => !action.startsWith('ecr:'))).toEqual([]);
    expect(
      actionsOf('deploy').filter((action) => /^ecr:(Put|Upload|Initiate|Complete|Create|Delete)/.test(action)),
    ).toEqual([]);
    expect(actionsOf('infra-plan').filter((action) => !/:(Get|List|Describe)[A-Z]/.test(action))).toEqual([]);
    expect(actionsOf('rotate').filter((action) => !/^ecr:(Get|Batch)[A-Z]/.test(action))).toEqual([]);
  });

  test('who makes roles makes them under the boundary alone, and no policy but one is attached', () => {
    const { Statement: statements } = policyFor(roleNeeds['infra-apply']);
    for (const { Action: actions, Resource: resource, Condition: condition } of statements) {
      if (actions.some((action) => /^iam:(CreateRole|PutRolePolicy|PutRolePermissionsBoundary)$/.test(action))) {
        expect(condition).toEqual({
          StringEquals: { 'iam:PermissionsBoundary': 'arn:aws:iam::ACCOUNT:policy/BOUNDARY' },
        });
      }
      if (actions.includes('iam:AttachRolePolicy'))
        expect(JSON.stringify(condition)).toContain('AmazonECSTaskExecutionRolePolicy');
      if (actions.some((action) => action.startsWith('iam:') && !/:(Get|List)/.test(action)))
        expect(resource).not.toBe('*');
    }
  });
});
