import { describe, expect, test } from 'vitest';
import { parsePolicy, parsePolicyText } from './document.js';
import { evaluate, matches } from './evaluate.js';
import { judgeTrust } from './trust.js';

const of = (...Statement: readonly object[]) => parsePolicy({ Statement }) ?? { Statement: [] };
const allow = (Action: string, Resource = '*', more: object = {}) => ({ Effect: 'Allow', Action, Resource, ...more });
const deny = (Action: string, Resource = '*', more: object = {}) => ({ Effect: 'Deny', Action, Resource, ...more });
const condition = { Condition: { Bool: { 'aws:SecureTransport': true } } };

describe('a document', () => {
  test('as IAM hands it out, with one for a list of one', () => {
    const text = encodeURIComponent(
      JSON.stringify({
        Statement: { ...allow('s3:*'), Condition: { NumericLessThan: { 'aws:MultiFactorAuthAge': 5 } } },
      }),
    );
    expect(parsePolicyText(text)?.Statement).toMatchObject([
      { Action: ['s3:*'], Resource: ['*'], Condition: { NumericLessThan: { 'aws:MultiFactorAuthAge': ['5'] } } },
    ]);
  });

  test.each(['', '%', '{}', '[]', '{"Statement": 1}', '{"Statement": [{"Effect": "Perhaps"}]}'])(
    '%j is none',
    (text) => {
      expect(parsePolicyText(text)).toBeUndefined();
    },
  );
});

describe('what policies say', () => {
  // prettier-ignore
  const cases = [
    ['nothing', [], 'ecs:RunTask', '*', 'denied'],
    ['all', [allow('*')], 'ecs:RunTask', 'arn:x', 'allowed'],
    ['in any case', [allow('ECS:runtask')], 'ecs:RunTask', 'arn:x', 'allowed'],
    ['another resource', [allow('ecs:*', 'arn:y')], 'ecs:RunTask', 'arn:x', 'denied'],
    ['a pattern', [allow('ecs:Run?ask', 'arn:*:x/*')], 'ecs:RunTask', 'arn:a:x/y/z', 'allowed'],
    ['a pattern that is asked for', [allow('secretsmanager:Get*', 'arn:secret:db-a1B2c3')], 'secretsmanager:GetSecretValue', 'arn:secret:db-*', 'allowed'],
    ['a denial', [allow('*'), deny('ecs:*')], 'ecs:RunTask', 'arn:x', 'denied'],
    ['a denial of others', [allow('*'), deny('ecs:*', 'arn:y')], 'ecs:RunTask', 'arn:x', 'allowed'],
    ['a condition', [allow('*', '*', condition)], 'ecs:RunTask', 'arn:x', 'unclear'],
    ['a denial with a condition', [allow('*'), deny('*', '*', condition)], 'ecs:RunTask', 'arn:x', 'unclear'],
    ['all but', [{ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }], 'ecs:RunTask', 'arn:x', 'allowed'],
    ['all but this', [{ Effect: 'Allow', NotAction: 'ecs:*', Resource: '*' }], 'ecs:RunTask', 'arn:x', 'denied'],
    ['all but a resource', [{ Effect: 'Allow', Action: '*', NotResource: 'arn:x' }], 'ecs:RunTask', 'arn:x', 'denied'],
  ] as const;
  test.each(cases)('%s', (_, statements, action, resource, verdict) => {
    expect(evaluate([of(...statements)], action, resource)).toBe(verdict);
  });

  test('dots and brackets are themselves', () => {
    expect(matches('a.b[c]', 'a.b[c]')).toBe(true);
    expect(matches('a.b', 'axb')).toBe(false);
  });
});

describe('a trust', () => {
  const issuer = 'token.actions.githubusercontent.com';
  const trust = (Condition: object) =>
    of({
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::1:oidc-provider/${issuer}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition,
    });
  const claims = { sub: 'repo:acme/shop:ref:refs/heads/main', aud: 'sts.amazonaws.com', repository_id: '7' };
  const key = (name: string) => `${issuer}:${name}`;
  // prettier-ignore
  const cases = [
    ['equal', { StringEquals: { [key('sub')]: claims.sub, [key('aud')]: claims.aud } }, 'taken'],
    ['one of many', { StringEquals: { [key('sub')]: ['x', claims.sub] } }, 'taken'],
    ['a pattern', { StringLike: { [key('sub')]: 'repo:acme/shop:*' } }, 'taken'],
    ['a pattern by equality', { StringEquals: { [key('sub')]: 'repo:acme/shop:*' } }, 'refused'],
    ['another form', { StringEquals: { [key('sub')]: 'repo:acme@1/shop@2:ref:refs/heads/main' } }, 'refused'],
    ['capitals', { StringEquals: { [key('sub')]: 'repo:Acme/shop:ref:refs/heads/main' } }, 'refused'],
    ['capitals that do not count', { StringEqualsIgnoreCase: { [key('sub')]: 'repo:Acme/shop:ref:refs/heads/main' } }, 'taken'],
    ['a claim that is not there', { StringEquals: { [key('environment')]: 'production' } }, 'unclear'],
    ['a claim that need not be there', { StringEqualsIfExists: { [key('environment')]: 'production' } }, 'taken'],
    ['an operator that is not known', { ArnLike: { [key('sub')]: 'x' } }, 'unclear'],
    ['another key', { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, 'unclear'],
  ] as const;
  test.each(cases)('%s', (_, condition, verdict) => {
    expect(judgeTrust(trust(condition), issuer, claims).is).toBe(verdict);
  });

  test('of another issuer', () => {
    expect(judgeTrust(trust({}), 'token.actions.acme.ghe.com', claims)).toEqual({ is: 'other-issuer' });
  });

  test('names what does not fit', () => {
    const told = judgeTrust(trust({ StringEquals: { [key('aud')]: 'other' } }), issuer, claims);
    expect(told).toEqual({
      is: 'refused',
      mismatches: [{ key: key('aud'), wants: ['other'], has: 'sts.amazonaws.com' }],
    });
  });
});
