import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readClaims, subjectForms } from './claims.js';
import { misfits } from './trust-conditions.js';
import { explainTrust } from './trust.js';

const issuer = 'token.actions.githubusercontent.com';
const claims = {
  iss: `https://${issuer}`,
  aud: 'sts.amazonaws.com',
  sub: 'repo:acme/shop:ref:refs/heads/main',
  repository_owner_id: '17',
  repository_id: 4711,
};
const role = 'arn:aws-us-gov:iam::123456789012:role/ci/deploy';

/** A trust policy with these conditions. */
function trusting(Condition: object, more: object = {}) {
  const Principal = { Federated: `arn:aws:iam::123456789012:oidc-provider/${issuer}` };
  return { Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRoleWithWebIdentity', Principal, Condition, ...more }] };
}

describe('the statement that lets a job in', () => {
  test('has both forms of its subject, and fits', () => {
    const { statement, misfits: wrong } = explainTrust(role, claims);
    expect(wrong).toEqual([]);
    expect(statement).toEqual({
      Effect: 'Allow',
      Principal: { Federated: `arn:aws-us-gov:iam::123456789012:oidc-provider/${issuer}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: {
          [`${issuer}:aud`]: 'sts.amazonaws.com',
          [`${issuer}:sub`]: ['repo:acme/shop:ref:refs/heads/main', 'repo:acme@17/shop@4711:ref:refs/heads/main'],
        },
      },
    });
    expect(misfits({ Statement: statement }, claims)).toEqual([]);
  });

  test('of GitLab has its one subject', () => {
    const gitlab = {
      iss: 'https://gitlab.com',
      aud: ['a', 'b'],
      sub: 'project_path:acme/shop:ref_type:branch:ref:main',
    };
    expect(explainTrust(role, gitlab).statement?.Condition.StringEquals).toEqual({
      'gitlab.com:aud': ['a', 'b'],
      'gitlab.com:sub': gitlab.sub,
    });
  });

  test('is not made up for a token that does not say who it is', () => {
    expect(explainTrust(role, { foo: 1 })).toMatchObject({
      statement: undefined,
      hint: expect.stringContaining('foo') as string,
    });
  });
});

test('each form of a subject leads to the other', () => {
  const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9-]{0,9}$/);
  const id = fc.nat().map(String);
  fc.assert(
    fc.property(name, name, id, id, fc.string(), (owner, repository, ownerId, repositoryId, rest) => {
      const both = [
        `repo:${owner}/${repository}:${rest}`,
        `repo:${owner}@${ownerId}/${repository}@${repositoryId}:${rest}`,
      ];
      const ids = { repository_owner_id: ownerId, repository_id: repositoryId };
      for (const sub of both) expect([...subjectForms({ sub, ...ids })].sort()).toEqual([...both].sort());
    }),
  );
});

describe('what does not fit', () => {
  const sub = `${issuer}:sub`;
  test.each([
    ['the exact subject', trusting({ StringEquals: { [sub]: claims.sub } }), []],
    ['one of several', trusting({ StringEquals: { [sub]: ['x', claims.sub] } }), []],
    ['a pattern', trusting({ StringLike: { [sub]: 'repo:acme/*' } }), []],
    ['a pattern of one character', trusting({ StringLike: { [sub]: 'repo:acme/sho?:*' } }), []],
    ['a set operator', trusting({ 'ForAnyValue:StringLike': { [sub]: 'repo:acme/shop:*' } }), []],
    ['a policy without conditions', trusting({}), []],
    ['a condition on something else', trusting({ IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }), []],
    ['no policy at all', 'text', []],
    [
      'another subject',
      trusting({ StringEquals: { [sub]: 'repo:acme/web:*' } }),
      [/wants "repo:acme\/web:\*", the token says "repo:acme\/shop/],
    ],
    [
      'capital letters',
      trusting({ StringEquals: { [sub]: 'repo:Acme/shop:ref:refs/heads/main' } }),
      [/capital letters count$/],
    ],
    [
      'a star where none counts',
      trusting({ StringEquals: { [sub]: 'repo:acme/shop:*' } }),
      [/with \* it must be StringLike$/],
    ],
    [
      'another audience',
      trusting({ StringEquals: { [`${issuer}:aud`]: 'mine' } }),
      [/wants "mine", the token says "sts.amazonaws.com"/],
    ],
    [
      'a claim that is not there',
      trusting({ StringEquals: { [`${issuer}:environment`]: 'x' } }),
      [/the token says nothing/],
    ],
    [
      'two of them',
      trusting({ StringEquals: { [`${issuer}:aud`]: 'a', [sub]: 'b' } }),
      [/aud wants "a"/, /sub wants "b"/],
    ],
    [
      'another provider',
      trusting({}, { Principal: { Federated: 'arn:aws:iam::1:oidc-provider/gitlab.com' } }),
      [/the token is of token.actions/],
    ],
    [
      'nobody by a token',
      trusting({}, { Action: 'sts:AssumeRole' }),
      [/lets nobody in by sts:AssumeRoleWithWebIdentity/],
    ],
  ])('%s', (_what, policy, expected) => {
    const found = misfits(policy, claims);
    expect(found).toHaveLength(expected.length);
    for (const [at, pattern] of (expected as RegExp[]).entries()) expect(found[at]).toMatch(pattern);
  });

  test('of several statements the nearest is told', () => {
    const far = trusting({ StringEquals: { [sub]: 'x', [`${issuer}:aud`]: 'y' } }).Statement;
    const near = trusting({ StringEquals: { [sub]: 'z' } }).Statement;
    expect(misfits({ Statement: [...far, ...near] }, claims)).toEqual([expect.stringContaining('"z"')]);
  });
});

test('a token that is none has no claims', () => {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  expect(readClaims(`${encode({})}.${encode({ sub: 'ü' })}.s`)).toEqual({ sub: 'ü' });
  for (const text of ['', 'a.b', 'a.b.c', `a.${encode([])}.c`, `a.${encode('x')}.c`])
    expect(readClaims(text)).toBeUndefined();
});
