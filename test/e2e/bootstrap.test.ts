import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { RestRequest } from '../../src/aws/api.js';
import { writeXml } from '../../src/aws/protocol/xml.js';
import type { BootstrapResult } from '../../src/ground/bootstrap/result.js';
import type { AwsRequest } from '../support/cut.js';
import { cutting } from '../support/cut.js';
import type { Ground } from '../support/ground.js';
import { openGround } from '../support/ground.js';
import type { Moto } from '../support/moto.js';
import { startMoto } from '../support/moto.js';

let moto: Moto | undefined;
let ground: Ground;
beforeAll(async () => {
  moto = await startMoto();
  if (moto) ground = await openGround(moto.url);
}, 240_000);
afterEach(async () => (moto ? ground.reset() : undefined));
afterAll(async () => {
  ground?.close();
  await moto?.close();
});

const BUCKET = 'lading-state-123456789012-eu-central-1';
const PROVIDER = 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com';

const actionsOf = ({ items }: BootstrapResult) =>
  Object.fromEntries(items.map(({ kind, name, action }) => [`${kind} ${name}`, action]));
const iam = (operation: string, input: object) => ground.aws.api('iam').call(operation, input);
const s3 = (operation: string, request: RestRequest) => ground.aws.rest('s3').request(operation, request);

const everything = [
  `bucket ${BUCKET}`,
  'table lading-state-lock',
  'provider token.actions.githubusercontent.com',
  'policy lading-shop-boundary',
  'role lading-shop-build',
  'role lading-shop-deploy',
  'role lading-shop-infra-plan',
  'role lading-shop-infra-apply',
  'role lading-shop-rotate',
];
const all = (action: string) => Object.fromEntries(everything.map((name) => [name, action]));

describe('bootstrap', () => {
  test('shows a plan and changes nothing, makes it true, has nothing to do then, and takes it away', async (context) => {
    if (!moto) return context.skip();
    const planned = await ground.run({ lock: 'dynamodb', dryRun: true });
    expect([planned.outcome, actionsOf(planned)]).toEqual(['planned', all('create')]);
    expect(actionsOf(await ground.run({ lock: 'dynamodb', dryRun: true }))).toEqual(all('create'));

    const made = await ground.run({ lock: 'dynamodb' });
    expect([made.outcome, actionsOf(made)]).toEqual(['applied', all('create')]);
    expect(made.variables).toEqual({
      AWS_REGION: 'eu-central-1',
      TF_STATE_BUCKET: BUCKET,
      TF_LOCK_TABLE: 'lading-state-lock',
      AWS_ROLE_BUILD: 'arn:aws:iam::123456789012:role/lading-shop-build',
      AWS_ROLE_DEPLOY: 'arn:aws:iam::123456789012:role/lading-shop-deploy',
      AWS_ROLE_INFRA_PLAN: 'arn:aws:iam::123456789012:role/lading-shop-infra-plan',
      AWS_ROLE_INFRA_APPLY: 'arn:aws:iam::123456789012:role/lading-shop-infra-apply',
      AWS_ROLE_ROTATE: 'arn:aws:iam::123456789012:role/lading-shop-rotate',
      LADING_PERMISSIONS_BOUNDARY: 'arn:aws:iam::123456789012:policy/lading-shop-boundary',
    });
    expect(await iam('GetOpenIDConnectProvider', { OpenIDConnectProviderArn: PROVIDER })).toMatchObject({
      ClientIDList: ['sts.amazonaws.com'],
      ThumbprintList: '',
    });

    const again = await ground.run({ lock: 'dynamodb' });
    expect([again.outcome, actionsOf(again)]).toEqual(['unchanged', all('unchanged')]);
    expect(ground.events.filter(({ type }) => type === 'task')).toHaveLength(2 * (1 + 1 + 1 + everything.length + 1));

    const gone = await ground.run({ lock: 'dynamodb', destroy: true, confirm: 'shop' });
    expect([gone.outcome, actionsOf(gone)]).toEqual(['destroyed', all('delete')]);
    const nothing = await ground.run({ lock: 'dynamodb', destroy: true, confirm: 'shop' });
    expect([nothing.outcome, nothing.items]).toEqual(['destroyed', []]);
    expect((await ground.run({ lock: 'dynamodb', dryRun: true })).items).toEqual(planned.items);
  });

  test('mends what was changed since, and leaves what others set beside it', async (context) => {
    if (!moto) return context.skip();
    await ground.run({ lock: 'dynamodb' });
    const xmlns = 'http://s3.amazonaws.com/doc/2006-03-01/';
    const put = (query: string, body: string) =>
      s3('Put', { method: 'PUT', bucket: BUCKET, query: { [query]: '' }, body, asText: true });
    await put('versioning', writeXml('VersioningConfiguration', { Status: 'Suspended' }, xmlns));
    const rule = { ID: 'theirs', Filter: { Prefix: 'logs/' }, Status: 'Enabled', Expiration: { Days: 3 } };
    await put('lifecycle', writeXml('LifecycleConfiguration', { Rule: [rule] }, xmlns));
    await s3('DeletePublicAccessBlock', { method: 'DELETE', bucket: BUCKET, query: { publicAccessBlock: '' } });
    const seed = {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Federated: PROVIDER },
          Action: 'sts:AssumeRoleWithWebIdentity',
          Condition: {
            StringLike: {
              'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
              'token.actions.githubusercontent.com:sub': 'repo:acme/shop:*',
            },
          },
        },
      ],
    };
    const deploy = { RoleName: 'lading-shop-deploy' };
    await iam('UpdateAssumeRolePolicy', { ...deploy, PolicyDocument: JSON.stringify(seed) });
    const admin = { ...seed.Statement[0], Principal: undefined, Condition: undefined, Action: '*', Resource: '*' };
    const wide = JSON.stringify({ Version: '2012-10-17', Statement: [admin] });
    await iam('PutRolePolicy', { RoleName: 'lading-shop-build', PolicyName: 'lading', PolicyDocument: wide });
    await iam('PutRolePolicy', { RoleName: 'lading-shop-build', PolicyName: 'more', PolicyDocument: wide });
    await iam('CreatePolicy', { PolicyName: 'administrator', PolicyDocument: wide });
    const PolicyArn = 'arn:aws:iam::123456789012:policy/administrator';
    await iam('AttachRolePolicy', { RoleName: 'lading-shop-rotate', PolicyArn });
    await iam('UpdateRole', { RoleName: 'lading-shop-rotate', MaxSessionDuration: 43_200 });
    await iam('UntagRole', { RoleName: 'lading-shop-infra-plan', TagKeys: ['lading:repository-id'] });
    const boundary = { PolicyArn: 'arn:aws:iam::123456789012:policy/lading-shop-boundary' };
    await iam('CreatePolicyVersion', { ...boundary, PolicyDocument: wide, SetAsDefault: true });
    await ground.aws
      .api('dynamodb')
      .call('UpdateTable', { TableName: 'lading-state-lock', DeletionProtectionEnabled: false });

    const { outcome, items } = await ground.run({ lock: 'dynamodb' });
    expect(outcome).toBe('applied');
    expect(
      items
        .flatMap(({ name, action, changes }) => (action === 'update' ? changes.map((line) => `${name}: ${line}`) : []))
        // What a verb needs may grow.
        .filter((line) => !line.includes('build: policy + allow')),
    ).toMatchInlineSnapshot(`
        [
          "lading-state-123456789012-eu-central-1: public access: blocked",
          "lading-state-123456789012-eu-central-1: versioning: Suspended → Enabled",
          "lading-state-123456789012-eu-central-1: lifecycle: old versions go after 90 days",
          "lading-state-lock: deletion protection: on",
          "lading-shop-boundary: - allow * on *",
          "lading-shop-boundary: + allow all but account:* on *",
          "lading-shop-boundary: + allow all but iam:* on *",
          "lading-shop-boundary: + allow all but organizations:* on *",
          "lading-shop-boundary: + allow all but sts:* on *",
          "lading-shop-boundary: + deny s3:* on arn:aws:s3:::lading-state-123456789012-eu-central-1, arn:aws:s3:::lading-state-123456789012-eu-central-1/*",
          "lading-shop-build: policy - allow * on *",
          "lading-shop-build: policy - more",
          "lading-shop-deploy: trust - StringLike token.actions.githubusercontent.com:aud sts.amazonaws.com",
          "lading-shop-deploy: trust - StringLike token.actions.githubusercontent.com:sub repo:acme/shop:*",
          "lading-shop-deploy: trust + StringEquals token.actions.githubusercontent.com:aud sts.amazonaws.com",
          "lading-shop-deploy: trust + StringEquals token.actions.githubusercontent.com:sub repo:acme/shop:environment:production",
          "lading-shop-deploy: trust + StringEquals token.actions.githubusercontent.com:sub repo:acme@12/shop@789:environment:production",
          "lading-shop-deploy: trust + StringEquals token.actions.githubusercontent.com:repository_id 789",
          "lading-shop-infra-plan: tag lading:repository-id: 789",
          "lading-shop-rotate: policy - arn:aws:iam::123456789012:policy/administrator",
          "lading-shop-rotate: session: 43200 s → 3600 s",
        ]
      `);
    expect(actionsOf(await ground.run({ lock: 'dynamodb' }))).toEqual(all('unchanged'));
    const rules = await s3('GetBucketLifecycle', { bucket: BUCKET, query: { lifecycle: '' } });
    expect(rules.value).toMatchObject({
      Rule: [{ ID: 'theirs', Expiration: { Days: '3' } }, { ID: 'lading-old-versions' }],
    });
  });

  test('cut at any call, the next run completes it, and takes all of it away', async (context) => {
    if (!moto) return context.skip();
    const asked = { lock: 'dynamodb' } as const;
    const leave = { ...asked, destroy: true, confirm: 'shop' };
    const whole = cutting();
    await ground.run(asked, whole);
    const wholeEnd = cutting();
    await ground.run(leave, wholeEnd);
    const writes = (requests: readonly AwsRequest[]) =>
      requests.flatMap(({ name, isWrite }, at) => (isWrite ? [{ name, at }] : []));
    const last = writes(whole.requests).at(-1)?.at;
    expect(writes(whole.requests).length).toBeGreaterThan(18);

    // Before any other call the account is as it was after the write before it.
    for (const { name, at } of writes(whole.requests)) {
      await ground.reset();
      const cut = await ground.failure(asked, cutting({ at, when: 'after' }));
      const { outcome } = await ground.run(asked);
      expect([name, cut.code, outcome]).toEqual([name, 'CUT', at === last ? 'unchanged' : 'applied']);
      expect([name, actionsOf(await ground.run({ ...asked, dryRun: true }))]).toEqual([name, all('unchanged')]);
      expect([name, actionsOf(await ground.run(leave))]).toEqual([name, all('delete')]);
    }
    for (const { name, at } of writes(wholeEnd.requests)) {
      await ground.reset();
      await ground.run(asked);
      await ground.failure(leave, cutting({ at, when: 'after' }));
      await ground.run(leave);
      expect([name, (await ground.run({ ...leave, dryRun: true })).items]).toEqual([name, []]);
    }
    await ground.reset();
    const early = await ground.failure(asked, cutting({ at: 0, when: 'before' }));
    expect([early.code, actionsOf(await ground.run({ ...asked, dryRun: true }))]).toEqual(['CUT', all('create')]);
  }, 600_000);
});
