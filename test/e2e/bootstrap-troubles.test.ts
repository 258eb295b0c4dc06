import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { writeXml } from '../../src/aws/protocol/xml.js';
import { startSandbox } from '../../src/sandbox/start.js';
import { losing } from '../support/cut.js';
import type { Ground } from '../support/ground.js';
import { openGround } from '../support/ground.js';
import type { Moto } from '../support/moto.js';
import { startMoto } from '../support/moto.js';
import type { TruerMoto } from '../support/truer-moto.js';
import { startTruerMoto } from '../support/truer-moto.js';

let moto: Moto | undefined;
let truer: TruerMoto;
let ground: Ground;
beforeAll(async () => {
  moto = await startMoto();
  if (!moto) return;
  truer = await startTruerMoto(moto.url);
  ground = await openGround(truer.url);
}, 240_000);
afterEach(async () => (moto ? ground.reset() : undefined));
afterAll(async () => {
  ground?.close();
  await truer?.close();
  await moto?.close();
});

const BUCKET = 'lading-state-123456789012-eu-central-1';
const xmlns = 'http://s3.amazonaws.com/doc/2006-03-01/';
const iam = (operation: string, input: object) => ground.aws.api('iam').call(operation, input);
const location = writeXml('CreateBucketConfiguration', { LocationConstraint: 'eu-central-1' }, xmlns);
const makeBucket = (bucket: string) =>
  ground.aws.rest('s3').request('CreateBucket', { method: 'PUT', bucket, body: location });
const notes = (items: readonly { name: string; action: string; note?: string | undefined }[]) =>
  items.flatMap(({ name, action, note }) => (note === undefined ? [] : [`${action} ${name}: ${note}`]));
const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ecs.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

const policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
});
const denial = (action: string) => ({
  service: 'iam',
  operation: action,
  type: 'AccessDenied',
  status: 403,
  message: `User: arn:aws:iam::123456789012:user/x is not authorized to perform: iam:${action}`,
});

describe('what is there already', () => {
  test('is used and never taken away: bucket, table, provider', async (context) => {
    if (!moto) return context.skip();
    await makeBucket('acme-states');
    await ground.aws.api('dynamodb').call('CreateTable', {
      TableName: 'acme-locks',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'LockID', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'LockID', KeyType: 'HASH' }],
    });
    const Url = 'https://token.actions.githubusercontent.com';
    await iam('CreateOpenIDConnectProvider', { Url, ClientIDList: ['https://github.com/acme'] });
    const asked = { stateBucket: 'acme-states', lockTable: 'acme-locks' };
    const made = await ground.run(asked);
    expect(made.items.slice(0, 3).map(({ action, changes }) => [action, changes])).toEqual([
      ['update', expect.arrayContaining(['versioning: Enabled', 'public access: blocked'])],
      ['unchanged', []],
      ['update', ['audience: + sts.amazonaws.com']],
    ]);
    expect((await ground.run(asked)).outcome).toBe('unchanged');
    const gone = await ground.run({ ...asked, destroy: true, confirm: 'shop' });
    const stays = 'lading did not make it: it is never taken away';
    expect(notes(gone.items)).toEqual([
      `keep token.actions.githubusercontent.com: ${stays}`,
      `keep acme-locks: ${stays}`,
      `keep acme-states: ${stays}`,
    ]);
    const provider = {
      OpenIDConnectProviderArn: 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com',
    };
    expect(await iam('GetOpenIDConnectProvider', provider)).toMatchObject({
      ClientIDList: ['https://github.com/acme', 'sts.amazonaws.com'],
    });
    expect((await ground.aws.rest('s3').request('HeadBucket', { method: 'HEAD', bucket: 'acme-states' })).status).toBe(
      200,
    );
  });

  test('of another repository: what is shared stays, and goes with the last', async (context) => {
    if (!moto) return context.skip();
    const other = { repository: 'acme/blog', repositoryId: '790', lock: 'dynamodb' } as const;
    await ground.run({ lock: 'dynamodb' });
    const second = await ground.run(other);
    expect(notes(second.items)).toEqual([
      `unchanged ${BUCKET}: made for lading-shop of acme/shop`,
      'unchanged lading-state-lock: made for lading-shop of acme/shop',
      'unchanged token.actions.githubusercontent.com: made for lading-shop of acme/shop',
    ]);
    const gone = await ground.run({ lock: 'dynamodb', destroy: true, confirm: 'shop' });
    expect(notes(gone.items)).toEqual([
      'keep token.actions.githubusercontent.com: the role lading-blog-build trusts it, too',
      'keep lading-state-lock: lading-blog-build is there, too, and may lock with it',
      `keep ${BUCKET}: lading-blog-build is there, too, and may keep states in it`,
    ]);
    expect((await ground.run(other)).outcome).toBe('unchanged');
    await ground.run({ ...other, destroy: true, confirm: 'blog' });
    const left = await ground.run({ ...other, destroy: true, dryRun: true });
    expect(left.items).toEqual([]);
  });

  test('states and locks stay, with the bucket and the table that they are in', async (context) => {
    if (!moto) return context.skip();
    await ground.run({ lock: 'dynamodb' });
    const s3 = ground.aws.rest('s3');
    const path = ['shop', 'service.tfstate'];
    await s3.request('PutObject', { method: 'PUT', bucket: BUCKET, path, body: '{}' });
    await s3.request('DeleteObject', { method: 'DELETE', bucket: BUCKET, path });
    const item = { LockID: { S: `${BUCKET}/shop/service.tfstate-md5` }, Digest: { S: 'x' } };
    await ground.aws.api('dynamodb').call('PutItem', { TableName: 'lading-state-lock', Item: item });
    const gone = await ground.run({ lock: 'dynamodb', destroy: true, confirm: 'shop' });
    expect(notes(gone.items)).toEqual([
      'keep lading-state-lock: locks or digests of states are in it',
      `keep ${BUCKET}: states are in it, or old versions of them`,
    ]);
    const versions = await s3.request('List', { bucket: BUCKET, query: { versions: '' } });
    expect(versions.value).toMatchObject({ Version: { Key: 'shop/service.tfstate' } });
  });

  test('a repository with a new name keeps its ground', async (context) => {
    if (!moto) return context.skip();
    await ground.run();
    const moved = await ground.run({ repository: 'acme-inc/store', name: 'shop' });
    expect(moved.items.find(({ name }) => name === 'lading-shop-build')).toMatchObject({
      action: 'update',
      changes: expect.arrayContaining(['tag lading:repository: acme-inc/store']) as unknown,
    });
    expect((await ground.run({ repository: 'acme-inc/store', name: 'shop' })).outcome).toBe('unchanged');
  });
});

describe('what cannot be', () => {
  test('a bucket of another account', async (context) => {
    if (!moto) return context.skip();
    truer.strangers.add('acme-theirs');
    expect(await ground.failure({ stateBucket: 'acme-theirs' })).toMatchObject({
      kind: 'credentials',
      code: 'BUCKET_OF_ANOTHER',
    });
    expect(await iam('ListRoles', {})).toMatchObject({ Roles: '' });
  });

  test.for([
    [
      'role',
      'lading-shop-deploy',
      () => iam('CreateRole', { RoleName: 'lading-shop-deploy', AssumeRolePolicyDocument: trust }),
    ],
    [
      'policy',
      'lading-shop-boundary',
      () => iam('CreatePolicy', { PolicyName: 'lading-shop-boundary', PolicyDocument: policy }),
    ],
  ] as const)('a %s of that name which is not ours is left alone', async ([what, name, make], context) => {
    if (!moto) return context.skip();
    await make();
    expect(await ground.failure()).toMatchObject({
      kind: 'input',
      code: 'NAME_TAKEN',
      message: `the ${what} ${name} is there already, and lading did not make it`,
      hint: expect.stringContaining('--name') as string,
    });
    expect(await ground.failure({ dryRun: true })).toMatchObject({ code: 'NAME_TAKEN' });
    const heads = ground.aws.rest('s3').request('HeadBucket', { method: 'HEAD', bucket: BUCKET });
    await expect(heads).rejects.toMatchObject({ failure: 'not-found' });
    const { items } = await ground.run({ destroy: true, confirm: 'shop' });
    expect(notes(items)).toEqual([`keep ${name}: lading did not make it: it is never taken away`]);
  });

  test('the ground of another repository under that name', async (context) => {
    if (!moto) return context.skip();
    await ground.run();
    expect(await ground.failure({ repository: 'evil/shop', repositoryId: '666' })).toMatchObject({
      code: 'NAME_TAKEN',
      message: expect.stringContaining('it was made for lading-shop of acme/shop') as string,
    });
  });

  test('a table that is no lock', async (context) => {
    if (!moto) return context.skip();
    await ground.aws.api('dynamodb').call('CreateTable', {
      TableName: 'orders',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'N' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    });
    expect(await ground.failure({ lockTable: 'orders' })).toMatchObject({
      code: 'NO_LOCK_TABLE',
      message: 'the table orders is no lock of Terraform: its key is id:N',
    });
  });

  test('credentials that are missing, of another account, or may not do it', async (context) => {
    if (!moto) return context.skip();
    const none = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_EC2_METADATA_DISABLED: 'true' };
    expect(await ground.failure({}, { env: none })).toMatchObject({ kind: 'credentials' });
    expect(await ground.failure({ account: '999999999999' })).toMatchObject({ code: 'WRONG_ACCOUNT' });

    const sandbox = await startSandbox({ moto: moto.url });
    for (const action of ['GetRole', 'GetPolicy']) sandbox.inject({ ...denial(action), times: 20 });
    const denied = await ground.failure({}, { env: sandbox.env });
    await sandbox.close();
    expect(denied).toMatchObject({ kind: 'credentials', code: 'ACCESS_DENIED' });
    expect(denied.message.split('\n')).toHaveLength(2);
    expect(denied.hint).toContain('iam:GetRole');
    expect(denied.hint).toContain('iam:GetPolicy');
  });

  test('a call that is refused half way: what is done is told, and the next run completes it', async (context) => {
    if (!moto) return context.skip();
    const sandbox = await startSandbox({ moto: moto.url });
    sandbox.inject({ ...denial('PutRolePolicy'), times: 1 });
    const { env } = sandbox;
    const denied = await ground.failure({}, { env });
    expect(denied).toMatchObject({
      code: 'ACCESS_DENIED',
      hint: expect.stringContaining('iam:PutRolePolicy') as string,
      result: { items: expect.any(Array) as unknown },
    });
    const { outcome, items } = await ground.run({}, { env });
    expect([outcome, items.filter(({ action }) => action === 'update').map(({ name }) => name)]).toEqual([
      'applied',
      ['lading-shop-build'],
    ]);
    expect((await ground.run({}, { env })).outcome).toBe('unchanged');
    await sandbox.close();
  });
});

describe('a bad day', () => {
  test('answers that are lost, one of each kind of write', async (context) => {
    if (!moto) return context.skip();
    const asked = { lock: 'dynamodb' } as const;
    const making = losing();
    expect((await ground.run(asked, making)).outcome).toBe('applied');
    expect([...making.lost]).toEqual(expect.arrayContaining(['CreateRole', 'PutRolePolicy', 'CreateTable', 'PUT ']));
    expect((await ground.run(asked)).outcome).toBe('unchanged');
    const taking = losing();
    await ground.run({ ...asked, destroy: true, confirm: 'shop' }, taking);
    expect([...taking.lost]).toEqual(expect.arrayContaining(['DeleteRole', 'DeletePolicy', 'DeleteTable', 'DELETE ']));
    expect((await ground.run({ ...asked, destroy: true, dryRun: true })).items).toEqual([]);
  }, 60_000);

  test('AWS that throttles and fails', async (context) => {
    if (!moto) return context.skip();
    const sandbox = await startSandbox({ moto: moto.url });
    for (const operation of ['GetRole', 'CreateRole', 'PutRolePolicy']) {
      sandbox.inject({ service: 'iam', operation, times: 2, type: 'Throttling', status: 400 });
      sandbox.inject({ service: 'iam', operation, type: 'ServiceFailure', status: 500 });
    }
    expect((await ground.run({}, { env: sandbox.env })).outcome).toBe('applied');
    await sandbox.close();
  }, 60_000);

  test('two at once', async (context) => {
    if (!moto) return context.skip();
    const outcomes = await Promise.all([ground.run({ lock: 'dynamodb' }), ground.run({ lock: 'dynamodb' })]);
    expect(outcomes.map(({ outcome }) => outcome)).not.toContain('planned');
    expect((await ground.run({ lock: 'dynamodb' })).outcome).toBe('unchanged');
  }, 60_000);

  test('in the first region, where a bucket has no location', async (context) => {
    if (!moto) return context.skip();
    const made = await ground.run({ region: 'us-east-1' });
    expect([made.outcome, made.bucket]).toEqual(['applied', 'lading-state-123456789012-us-east-1']);
    expect((await ground.run({ region: 'us-east-1' })).outcome).toBe('unchanged');
  });

  test('too many environments for one trust, told before anything is made', async (context) => {
    if (!moto) return context.skip();
    const githubEnvironment = Array.from({ length: 40 }, (_, index) => `production-${index}`);
    expect(await ground.failure({ githubEnvironment })).toMatchObject({ code: 'POLICY_TOO_LONG' });
    const heads = ground.aws.rest('s3').request('HeadBucket', { method: 'HEAD', bucket: BUCKET });
    await expect(heads).rejects.toMatchObject({ failure: 'not-found' });
  });
});
