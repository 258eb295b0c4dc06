import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lintTrust } from './lint.js';
import type { Job, Pipeline } from './subjects.js';
import { subjectsOf } from './subjects.js';
import { trustOf } from './trust.js';

const provider = 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com';
const issuer = 'token.actions.githubusercontent.com';
const audience = 'sts.amazonaws.com';
const gitHub: Pipeline = {
  ci: 'github',
  issuer,
  audience,
  owner: 'acme',
  repository: 'shop',
  ids: { owner: '12', repository: '789' },
};
const gitLab: Pipeline = {
  ci: 'gitlab',
  issuer: 'gitlab.com',
  audience: 'https://gitlab.com',
  project: 'acme/web/shop',
};
const circleCi: Pipeline = {
  ci: 'circleci',
  issuer: 'oidc.circleci.com/org/o-1',
  audience: 'o-1',
  organizationId: 'o-1',
  projectId: 'p-1',
  origin: 'github.com/acme/shop',
};
const branch: Job = { on: 'branch', branch: 'main' };
const environment: Job = { on: 'environment', environment: 'prod:eu' };
const pullRequest: Job = { on: 'pull-request' };

test.each<[Pipeline, readonly Job[], readonly string[]]>([
  [gitHub, [branch], ['repo:acme/shop:ref:refs/heads/main', 'repo:acme@12/shop@789:ref:refs/heads/main']],
  [gitHub, [environment], ['repo:acme/shop:environment:prod%3Aeu', 'repo:acme@12/shop@789:environment:prod%3Aeu']],
  [
    gitHub,
    [pullRequest, branch, branch],
    [
      'repo:acme/shop:pull_request',
      'repo:acme@12/shop@789:pull_request',
      'repo:acme/shop:ref:refs/heads/main',
      'repo:acme@12/shop@789:ref:refs/heads/main',
    ],
  ],
  [{ ...gitHub, ids: undefined }, [branch], ['repo:acme/shop:ref:refs/heads/main']],
  [gitLab, [branch, environment], ['project_path:acme/web/shop:ref_type:branch:ref:main']],
  [circleCi, [branch], ['org/o-1/project/p-1/user/*/vcs-origin/github.com/acme/shop/vcs-ref/refs/heads/main']],
])('subjects of %j for %j', (pipeline, jobs, values) => {
  expect(subjectsOf(pipeline, jobs).values).toEqual(values);
});

test('a trust asks for audience, subject, and the id of the repository where AWS knows it', () => {
  expect(trustOf(gitHub, [branch], provider)).toEqual({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: provider },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: {
            [`${issuer}:aud`]: audience,
            [`${issuer}:sub`]: ['repo:acme/shop:ref:refs/heads/main', 'repo:acme@12/shop@789:ref:refs/heads/main'],
            [`${issuer}:repository_id`]: '789',
          },
        },
      },
    ],
  });
  const ofServer = trustOf({ ...gitHub, issuer: 'ghe.acme.com/_services/token' }, [branch], provider);
  expect(JSON.stringify(ofServer)).not.toContain('repository_id');
});

describe('our own lint', () => {
  const facts = { issuer, audience, provider };
  const good = trustOf(gitHub, [branch], provider).Statement[0] ?? {};
  const equals = { [`${issuer}:aud`]: audience, [`${issuer}:sub`]: 'repo:acme/shop:pull_request' };
  const lint = (change: object) => lintTrust({ Statement: [{ ...good, ...change }] }, facts);

  test.each([gitHub, gitLab, circleCi])('takes what we write ourselves: %j', (pipeline) => {
    const own = { issuer: pipeline.issuer, audience: pipeline.audience, provider };
    expect(lintTrust(trustOf(pipeline, [branch], provider), own)).toEqual([]);
  });

  test.each<[string, object, string]>([
    [
      'the tutorial’s',
      { Condition: { StringLike: { [`${issuer}:aud`]: audience, [`${issuer}:sub`]: 'repo:acme/shop:*' } } },
      'wildcard',
    ],
    [
      'aud by StringLike',
      { Condition: { StringLike: { [`${issuer}:aud`]: audience } } },
      'does not ask for the audience',
    ],
    [
      'another audience',
      { Condition: { StringEquals: { ...equals, [`${issuer}:aud`]: [audience, 'x'] } } },
      'takes the audience x',
    ],
    ['no subject', { Condition: { StringEquals: { [`${issuer}:aud`]: audience } } }, 'every job of the issuer'],
    ['no condition', { Condition: undefined }, 'every job of the issuer'],
    [
      'a wide value behind a narrow one',
      { Condition: { StringEquals: equals, StringLike: { [`${issuer}:sub`]: ['repo:acme/shop:pull_request', '*'] } } },
      'names no repository',
    ],
    [
      'all repositories of an owner',
      { Condition: { StringLike: { ...equals, [`${issuer}:sub`]: 'repo:acme/*:pull_request' } } },
      'wildcard',
    ],
    ['true for absent claims', { Condition: { 'ForAllValues:StringEquals': equals } }, 'is true for tokens without'],
    ['true for absent claims, too', { Condition: { StringEqualsIfExists: equals } }, 'is true for tokens without'],
    ['everybody', { Principal: '*' }, 'trusts *'],
    [
      'another account',
      { Principal: { AWS: 'arn:aws:iam::1:root', Federated: provider } },
      'trusts arn:aws:iam::1:root',
    ],
    ['another provider', { Principal: { Federated: [provider, 'arn:aws:iam::1:oidc-provider/x'] } }, 'oidc-provider/x'],
    ['another action', { Action: ['sts:AssumeRoleWithWebIdentity', 'sts:AssumeRole'] }, 'sts:AssumeRole has no place'],
  ])('finds %s', (_what, change, words) => {
    expect(lint(change).join('\n')).toContain(words);
  });

  test('one bad value among any number of good ones is found, wherever it stands', () => {
    const bad = fc.constantFrom(
      '*',
      'repo:*',
      'repo:acme/shop',
      'repo:acme/shop:*',
      'repo:acme/*:pull_request',
      'repo:acme/shop:ref:refs/heads/*',
    );
    const well = fc.array(fc.constantFrom('repo:acme/shop:pull_request', 'repo:acme@12/shop@789:environment:a'), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(well, bad, well, fc.constantFrom('StringEquals', 'StringLike'), (before, one, after, operator) => {
        const values = [...before, one, ...after];
        const Condition = {
          StringEquals: { [`${issuer}:aud`]: audience },
          [operator]: { [`${issuer}:aud`]: audience, [`${issuer}:sub`]: values },
        };
        expect(lint({ Condition })).not.toEqual([]);
      }),
    );
  });
});
