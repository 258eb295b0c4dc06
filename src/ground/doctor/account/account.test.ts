import { describe, expect, test } from 'vitest';
import { denied, document } from '../../../../test/support/doctor-scene.js';
import { runChecks } from '../check.js';
import { parseWorkflow } from '../workflows/parse.js';
import { accountChecks } from './identity.js';
import type { AccountScene } from './scene.js';
import { trustChecks } from './trust.js';
import { lintTrustValue } from './trust-lint.js';

const ISSUER = 'token.actions.githubusercontent.com';
const PROVIDER = `arn:aws:iam::123456789012:oidc-provider/${ISSUER}`;
const needs = [
  { action: 'ecs:UpdateService', resource: 'service', why: 'to start the deployment' },
  { action: 'iam:PassRole', resource: 'role', why: 'to hand over the roles' },
  { action: 'logs:GetLogEvents', resource: 'log-group', why: 'to show lines', optional: true },
];
const resources = {
  service: ['arn:service'],
  role: ['arn:role/a'],
  'log-group': ['arn:logs'],
  'cluster-arn': ['arn:cluster'],
};
const trustOf = (Condition: object, more: object = {}) =>
  document({
    Effect: 'Allow',
    Principal: { Federated: PROVIDER },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition,
    ...more,
  });
const equals = (sub: string | readonly string[]) => ({
  StringEquals: { [`${ISSUER}:aud`]: 'sts.amazonaws.com', [`${ISSUER}:sub`]: sub },
});

const allowed: AccountScene['reads']['simulate'] = async ({ actions }) =>
  actions.map((EvalActionName) => ({ EvalActionName, EvalDecision: 'allowed', MissingContextValues: [] }));

async function find(
  more: Partial<Omit<AccountScene, 'reads'>> & { readonly reads?: Partial<AccountScene['reads']> } = {},
) {
  const scene: AccountScene = {
    region: 'eu-central-1',
    partition: 'aws',
    source: 'the environment',
    caller: { account: '123456789012', arn: 'arn:aws:sts::123456789012:assumed-role/deploy/me' },
    role: undefined,
    needs,
    resources,
    workflows: [],
    repository: 'acme/shop',
    issuer: ISSUER,
    ...more,
    reads: {
      role: async (name) => ({
        arn: `arn:aws:iam::123456789012:role/${name}`,
        name,
        trust: trustOf(equals('repo:acme/shop:environment:production')),
        hasBoundary: false,
      }),
      rolePolicies: denied,
      simulate: allowed,
      claims: async () => undefined,
      ...more.reads,
    },
  };
  const findings = await runChecks([...accountChecks, ...trustChecks], scene, new AbortController().signal);
  return findings
    .filter(({ code }) => code !== 'identity')
    .map(({ state, what, fix }) => `${state}: ${what}${fix === undefined ? '' : ` → ${fix}`}`);
}

const withDecision =
  (action: string, EvalDecision: string, MissingContextValues: string[] = []): AccountScene['reads']['simulate'] =>
  async ({ actions }) =>
    actions.map((EvalActionName) => ({
      EvalActionName,
      EvalDecision: EvalActionName === action ? EvalDecision : 'allowed',
      MissingContextValues,
    }));

describe('the permissions of a release', () => {
  test('are simulated on the very resources, with what PassRole is asked', async () => {
    const asked: unknown[] = [];
    const simulate: AccountScene['reads']['simulate'] = (request) => {
      asked.push(request);
      return allowed(request);
    };
    expect(await find({ reads: { simulate } })).toEqual([
      'ok: the role deploy may do all that a release needs (3 permissions)',
    ]);
    const principal = 'arn:aws:iam::123456789012:role/deploy';
    expect(asked).toEqual([
      {
        principal,
        actions: ['iam:PassRole'],
        resources: ['arn:role/a'],
        context: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
      },
      {
        principal,
        actions: ['ecs:UpdateService'],
        resources: ['arn:service'],
        context: { 'ecs:cluster': 'arn:cluster' },
      },
      { principal, actions: ['logs:GetLogEvents'], resources: ['arn:logs'], context: { 'ecs:cluster': 'arn:cluster' } },
    ]);
  });

  // prettier-ignore
  const cases: readonly (readonly [string, Parameters<typeof find>[0], readonly RegExp[]])[] = [
    ['one that is missing', { reads: { simulate: withDecision('ecs:UpdateService', 'implicitDeny') } }, [/^wrong: the role deploy may not do ecs:UpdateService on arn:service, to start the deployment → Allow/]],
    ['one that need not be there', { reads: { simulate: withDecision('logs:GetLogEvents', 'explicitDeny') } }, [/^ok: the role deploy may not do logs:GetLogEvents .*: a release works without it/]],
    ['one with a condition', { reads: { simulate: withDecision('iam:PassRole', 'implicitDeny', ['aws:SourceIp']) } }, [/^unknown: whether the role deploy may do iam:PassRole/]],
    ['who may neither simulate nor read', { reads: { simulate: denied } }, [/^unknown: what the role deploy may do: cannot be told/]],
    ['who may read', { reads: { simulate: denied, rolePolicies: async () => [document({ Effect: 'Allow', Action: ['ecs:*', 'logs:*'], Resource: '*' })] } }, [/^wrong: the role deploy may not do iam:PassRole/]],
    ['another role', { role: 'arn:aws:iam::123456789012:role/ci/release' , reads: { simulate: withDecision('ecs:UpdateService', 'implicitDeny') } }, [/^wrong: the role release may not do/, /^ok: the role release trusts/]],
    ['a role that is not there', { role: 'gone', reads: { role: async () => undefined } }, [/^wrong: the role gone does not exist/, /^wrong: the role gone does not exist/]],
    ['a user', { caller: { account: '123456789012', arn: 'arn:aws:iam::123456789012:user/me' } }, [/^ok: arn:aws:iam::123456789012:user\/me may do all/]],
    ['root', { caller: { account: '123456789012', arn: 'arn:aws:iam::123456789012:root' } }, []],
    ['no service', { resources: {} }, []],
  ];
  test.each(cases)('%s', async (_, scene, says) => {
    const found = await find(scene);
    expect(found, found.join('\n')).toEqual(says.map((one) => expect.stringMatching(one) as string));
  });
});

const workflow = (head: string, job = '') => `on: ${head}
permissions: { id-token: write }
jobs:
  deploy:
    runs-on: ubuntu-latest
    ${job}
    steps:
      - uses: aws-actions/configure-aws-credentials@v6
        with:
          role-to-assume: arn:aws:iam::123456789012:role/deploy
`;
const PUSH = '{ push: { branches: [main] } }';
const IN_PRODUCTION = 'environment: production';
const both = ['repo:acme@17/shop@42:environment:production', 'repo:acme/shop:environment:production'];

describe('the trust of a role that a job takes', () => {
  // prettier-ignore
  const cases: readonly (readonly [string, string, object, RegExp])[] = [
    ['an environment', workflow(PUSH, IN_PRODUCTION), equals('repo:acme/shop:environment:production'), /^ok: the role deploy trusts the jobs/],
    ['an environment, with the ids of a new repository', workflow(PUSH, IN_PRODUCTION), equals(both), /^ok/],
    ['an environment by name, and a trust by branch', workflow(PUSH, IN_PRODUCTION), equals('repo:acme/shop:ref:refs/heads/main'), /^wrong: the role deploy does not trust the job deploy: its subject is repo:acme\/shop:environment:production, and the trust wants repo:acme\/shop:ref:refs\/heads\/main/],
    ['a branch, and a trust by environment', workflow(PUSH), equals('repo:acme/shop:environment:production'), /^wrong: .*its subject is repo:acme\/shop:ref:refs\/heads\/main/],
    ['a branch', workflow(PUSH), equals('repo:acme/shop:ref:refs/heads/main'), /^ok/],
    ['a schedule, of whatever default branch', workflow('{ schedule: [{ cron: "1 2 * * *" }] }'), equals('repo:acme/shop:ref:refs/heads/master'), /^ok/],
    ['pull requests', workflow('pull_request'), equals('repo:acme/shop:pull_request'), /^ok/],
    ['a release, which a tag decides', workflow('release'), equals('repo:acme/shop:ref:refs/tags/v1'), /^ok/],
    ['capitals', workflow(PUSH, IN_PRODUCTION), equals('repo:Acme/shop:environment:production'), /^wrong: .*: capitals count/],
    ['another repository', workflow(PUSH, IN_PRODUCTION), equals('repo:acme/other:environment:production'), /^wrong: the role deploy does not trust the job deploy/],
    ['a template of one’s own', workflow(PUSH, IN_PRODUCTION), equals('repository_owner:acme:environment:production'), /^ok/],
    ['a wide subject', workflow(PUSH), { StringEquals: { [`${ISSUER}:aud`]: 'sts.amazonaws.com' }, StringLike: { [`${ISSUER}:sub`]: 'repo:acme/shop:*' } }, /^wrong: deploy: the trust lets in every branch, .*never a repository that was made after July 2026/],
    ['a wide subject, and the repository by its id and branch', workflow(PUSH), { StringEquals: { [`${ISSUER}:aud`]: 'sts.amazonaws.com', [`${ISSUER}:repository_id`]: '42', [`${ISSUER}:ref`]: 'refs/heads/main' }, StringLike: { [`${ISSUER}:sub`]: 'repo:acme*' } }, /^ok/],
    ['no audience', workflow(PUSH), { StringEquals: { [`${ISSUER}:sub`]: 'repo:acme/shop:ref:refs/heads/main' } }, /^wrong: the trust of deploy asks for no audience/],
    ['no subject', workflow(PUSH), { StringEquals: { [`${ISSUER}:aud`]: 'sts.amazonaws.com' } }, /^wrong: the trust of deploy lets in every repository/],
  ];
  test.each(cases)('%s', async (_, text, condition, says) => {
    const workflows = [await parseWorkflow('.github/workflows/a.yml', text)];
    const role: AccountScene['reads']['role'] = async (name) => ({
      arn: `arn:aws:iam::123456789012:role/${name}`,
      name,
      trust: trustOf(condition),
      hasBoundary: false,
    });
    const found = await find({ workflows, resources: {}, reads: { role } });
    expect(found, found.join('\n')).toEqual([expect.stringMatching(says)]);
  });

  test('of ECS alone', async () => {
    const trust = document({
      Effect: 'Allow',
      Principal: { Service: 'ecs-tasks.amazonaws.com' },
      Action: 'sts:AssumeRole',
    });
    const workflows = [await parseWorkflow('a.yml', workflow(PUSH))];
    const found = await find({
      workflows,
      resources: {},
      reads: { role: async (name) => ({ arn: 'x', name, trust, hasBoundary: false }) },
    });
    expect(found).toEqual([expect.stringMatching(/^wrong: the role deploy trusts no tokens of token\.actions/)]);
  });

  test('in the job itself, by the token that it has', async () => {
    const claims = (sub: string) => async () => ({ sub, aud: 'sts.amazonaws.com' });
    expect(await find({ resources: {}, reads: { claims: claims('repo:acme/shop:environment:production') } })).toEqual([
      'ok: the role deploy trusts this job: repo:acme/shop:environment:production',
    ]);
    expect(
      await find({ resources: {}, reads: { claims: claims('repo:acme@17/shop@42:environment:production') } }),
    ).toEqual([
      expect.stringMatching(
        /^wrong: the role deploy does not trust this job: .*:sub is repo:acme@17\/shop@42:environment:production, and it wants repo:acme\/shop:environment:production/,
      ),
    ]);
  });
});

describe('one value of a trust', () => {
  // prettier-ignore
  const cases = [
    ['sub', 'StringLike', 'repo:acme/shop:*', ['trust/wide']], ['sub', 'StringLike', 'repo:acme/shop', ['trust/wide']], ['sub', 'StringLike', 'repo:acme/*', ['trust/wide']],
    ['sub', 'StringLike', 'repo:*', ['trust/wide']], ['sub', 'StringLike', '*', ['trust/wide']], ['sub', 'StringLike', 'repo:acme@1/shop@2:*', ['trust/wide']],
    ['sub', 'StringLike', 'repo:acme/shop:ref:refs/heads/*', []], ['sub', 'StringEquals', 'repo:acme/shop:environment:production', []],
    ['sub', 'ForAllValues:StringLike', 'repo:acme/shop:pull_request', ['trust/for-all']],
    ['aud', 'StringLike', 'sts.amazonaws.com', ['trust/audience']], ['aud', 'StringEquals', 'sts.amazonaws.com', []], ['aud', undefined, 'x', []],
  ] as const;
  test.each(cases)('%s by %s: %s', (claim, operator, text, codes) => {
    expect(lintTrustValue({ claim, operator, text }).map(({ code }) => code)).toEqual(codes);
  });
});
