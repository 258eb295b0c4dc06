import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import type { GitHubSandbox } from '../../src/sandbox/github/server.js';
import { startGitHub } from '../../src/sandbox/github/server.js';
import { lading } from '../support/command-line.js';
import type { Ground } from '../support/ground.js';
import { openGround } from '../support/ground.js';
import type { Moto } from '../support/moto.js';
import { startMoto } from '../support/moto.js';

let moto: Moto | undefined;
let ground: Ground;
let gitHub: GitHubSandbox;
let env: Record<string, string>;
beforeAll(async () => {
  moto = await startMoto();
  if (moto) ground = await openGround(moto.url);
}, 240_000);
beforeEach(async () => {
  gitHub = await startGitHub({ clock: systemClock });
  env = { GITHUB_API_URL: gitHub.url, GH_TOKEN: 'github_pat_x' };
  gitHub.addToken('github_pat_x', 'fine-grained', { permissions: { actions_variables: 'write', actions: 'read' } });
});
afterEach(async () => {
  await gitHub.close();
  if (moto) await ground.reset();
});
afterAll(async () => {
  ground?.close();
  await moto?.close();
});

const asked = { repository: 'acme/Shop', repositoryId: undefined, ownerId: undefined };
const place = 'acme/shop';

test('GitHub tells the ids, the name as it is written, and gets the variables; they go with the rest', async (context) => {
  if (!moto) return context.skip();
  const { id } = gitHub.addRepository('acme/shop');
  const made = await ground.run({ ...asked, name: 'shop' }, { env });
  const trust = JSON.stringify(made.items.find(({ name }) => name === 'lading-shop-build')?.documents?.trust);
  expect(trust).toContain('"repo:acme/shop:ref:refs/heads/main"');
  expect(trust).toMatch(new RegExp(`"repo:acme@\\d+/shop@${id}:ref:refs/heads/main"`));
  expect(trust).toContain(`:repository_id":"${id}"`);
  expect(new Set(made.stored?.map(({ action }) => action))).toEqual(new Set(['created']));
  for (const [name, value] of Object.entries(made.variables)) expect(gitHub.variable(place, name)).toBe(value);

  const again = await ground.run({ ...asked, name: 'shop' }, { env });
  expect([again.outcome, new Set(again.stored?.map(({ action }) => action))]).toEqual([
    'unchanged',
    new Set(['unchanged']),
  ]);
  const staging = await ground.run({ ...asked, name: 'shop' }, { env, environment: 'staging' });
  expect(gitHub.variable(place, 'AWS_ROLE_DEPLOY_STAGING')).toBe(
    'arn:aws:iam::123456789012:role/lading-shop-staging-deploy',
  );
  expect(JSON.stringify(staging.items.find(({ name }) => name.endsWith('-deploy'))?.documents?.trust)).toContain(
    ':environment:staging',
  );

  await ground.run({ ...asked, name: 'shop', destroy: true, confirm: 'shop' }, { env });
  expect(gitHub.variable(place, 'AWS_ROLE_DEPLOY')).toBeUndefined();
  expect(gitHub.variable(place, 'AWS_ROLE_DEPLOY_STAGING')).toBeDefined();
});

test('a plan writes nothing at GitHub, and who wants no variables gets none', async (context) => {
  if (!moto) return context.skip();
  gitHub.addRepository('acme/shop');
  await ground.run({ ...asked, dryRun: true }, { env });
  expect((await ground.run({ ...asked, variables: false }, { env })).stored).toBeUndefined();
  expect(gitHub.exchanges.filter(({ method }) => method !== 'GET')).toEqual([]);
});

test('a token that may not write: the ground is there, and it is told', async (context) => {
  if (!moto) return context.skip();
  gitHub.addRepository('acme/shop');
  gitHub.addToken('github_pat_poor', 'fine-grained', { permissions: { actions: 'read' } });
  const error = await ground.failure(asked, { env: { ...env, GH_TOKEN: 'github_pat_poor' } });
  expect(error).toMatchObject({
    message: expect.stringContaining('write the variable AWS_REGION of acme/shop') as string,
  });
  expect(error.result).toMatchObject({ outcome: 'applied' });
  expect((await ground.run({ ...asked, variables: false }, { env })).outcome).toBe('unchanged');
});

test('tokens with a subject of their own making, ids that are not known, ids of another', async (context) => {
  if (!moto) return context.skip();
  gitHub.addRepository('acme/shop', { subjectKeys: ['repo', 'context', 'job_workflow_ref'] });
  expect(await ground.failure(asked, { env })).toMatchObject({ code: 'OWN_SUBJECT' });
  expect(await ground.failure(asked)).toMatchObject({ code: 'NO_REPOSITORY_ID', kind: 'input' });
  gitHub.addRepository('acme/blog');
  const wrong = { repository: 'acme/blog', repositoryId: '1', ownerId: undefined };
  expect(await ground.failure(wrong, { env })).toMatchObject({ code: 'WRONG_ID' });
  const inJob = { GITHUB_REPOSITORY: 'acme/shop', GITHUB_REPOSITORY_ID: '5', GITHUB_REPOSITORY_OWNER_ID: '6' };
  const made = await ground.run({ ...asked, repository: undefined, dryRun: true }, { env: inJob });
  expect(JSON.stringify(made.items)).toContain('repo:acme@6/shop@5:');
});

test.for([
  [
    { ci: 'gitlab', repository: 'acme/web/shop' },
    'arn:aws:iam::123456789012:oidc-provider/gitlab.com',
    {
      'gitlab.com:aud': 'https://gitlab.com',
      'gitlab.com:sub': ['project_path:acme/web/shop:ref_type:branch:ref:main'],
    },
  ],
  [
    {
      ci: 'circleci',
      repository: 'acme/shop',
      organizationId: '11111111-2222-3333-4444-555555555555',
      projectId: '66666666-7777-8888-9999-000000000000',
    },
    'arn:aws:iam::123456789012:oidc-provider/oidc.circleci.com/org/11111111-2222-3333-4444-555555555555',
    { 'oidc.circleci.com/org/11111111-2222-3333-4444-555555555555:aud': '11111111-2222-3333-4444-555555555555' },
  ],
] as const)('%j', async ([given, provider, equals], context) => {
  if (!moto) return context.skip();
  const made = await ground.run({ ...asked, ...given });
  const deploy = made.items.find(({ name }) => name === 'lading-shop-deploy')?.documents?.trust?.Statement[0];
  expect(deploy).toMatchObject({ Principal: { Federated: provider }, Condition: { StringEquals: equals } });
  expect((await ground.run({ ...asked, ...given })).outcome).toBe('unchanged');
  const gone = await ground.run({ ...asked, ...given, destroy: true, confirm: 'shop' });
  expect(new Set(gone.items.map(({ action }) => action))).toEqual(new Set(['delete']));
});

test('by the command line: lading.yml says what it is for, the remote says where', async (context) => {
  if (!moto) return context.skip();
  mkdirSync(join(ground.cwd, '.git'), { recursive: true });
  writeFileSync(join(ground.cwd, '.git/config'), '[remote "origin"]\n\turl = git@github.com:acme/shop.git\n');
  writeFileSync(
    join(ground.cwd, 'lading.yml'),
    [
      'region: eu-west-1',
      'images: { web: { app: web, to: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/web } }',
      'services:',
      '  web: { image: web, cluster: production }',
      '  worker: { image: web, cluster: production }',
      'bootstrap: { repository-id: 5, owner-id: 6 }',
    ].join('\n'),
  );
  const run = await lading(['bootstrap', '--json', '--dry-run'], { cwd: ground.cwd, env: ground.env });
  expect([run.code, run.stderr.includes('error')]).toEqual([0, false]);
  const { items, bucket } = JSON.parse(run.stdout) as Awaited<ReturnType<Ground['run']>>;
  expect(bucket).toBe('lading-state-123456789012-eu-west-1');
  const policy = JSON.stringify(items.find(({ name }) => name === 'lading-shop-deploy')?.documents?.policy);
  expect(policy).toContain('arn:aws:ecs:eu-west-1:123456789012:service/production/web"');
  expect(policy).toContain('arn:aws:ecs:eu-west-1:123456789012:service/production/worker"');
  expect(policy).toContain('arn:aws:iam::123456789012:role/worker-exec');
  expect(policy).toContain('arn:aws:ecr:eu-west-1:123456789012:repository/shop/web');
  const wrong = await lading(['bootstrap', '--branch', 'x*', '--account', '1'], { cwd: ground.cwd, env: ground.env });
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringMatching(/--branch: .*\n.*--account: /)]);
});
