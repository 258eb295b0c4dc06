import { expect, test } from 'vitest';
import type { BucketState } from './bucket.js';
import { planBucket, planBucketRemoval } from './plan-bucket.js';

const owner = { prefix: 'lading-shop', repository: 'acme/shop', repositoryId: '789' };
const wish = {
  bucket: 'states',
  region: 'eu-central-1',
  partition: 'aws',
  account: '123456789012',
  hasTls: true,
  owner,
  isOwnName: true,
};
const tlsOnly = {
  Sid: 'LadingTlsOnly',
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: ['arn:aws:s3:::states', 'arn:aws:s3:::states/*'],
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};
const good: BucketState = {
  tags: {
    'lading:bootstrap': 'lading-shop',
    'lading:repository': 'acme/shop',
    'lading:repository-id': '789',
    cost: 'x',
  },
  versioning: 'Enabled',
  encryption: 'AES256',
  ownership: 'BucketOwnerEnforced',
  blocked: ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'],
  policy: { Version: '2012-10-17', Statement: [tlsOnly] },
  rules: [
    {
      ID: 'lading-old-versions',
      Filter: { Prefix: '' },
      Status: 'Enabled',
      Expiration: { ExpiredObjectDeleteMarker: 'true' },
      NoncurrentVersionExpiration: { NoncurrentDays: '90' },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: '7' },
    },
  ],
};
const operations = (item: ReturnType<typeof planBucket>) => item.calls.map(({ operation }) => operation);

test('a new one gets all of it', () => {
  expect(operations(planBucket(wish, undefined))).toEqual([
    'CreateBucket',
    'PutBucketTagging',
    'PutPublicAccessBlock',
    'PutBucketVersioning',
    'PutBucketEncryption',
    'PutBucketPolicy',
    'PutBucketLifecycleConfiguration',
  ]);
  expect(operations(planBucket({ ...wish, hasTls: false }, undefined))).not.toContain('PutBucketPolicy');
});

test.each<[Partial<BucketState>, readonly string[]]>([
  [{}, []],
  [{ encryption: 'aws:kms' }, []],
  [{ versioning: undefined }, ['PutBucketVersioning']],
  [{ ownership: 'ObjectWriter' }, ['PutBucketOwnershipControls']],
  [{ blocked: ['BlockPublicAcls'] }, ['PutPublicAccessBlock']],
  [{ encryption: undefined }, ['PutBucketEncryption']],
  [{ policy: undefined }, ['PutBucketPolicy']],
  [{ policy: { Statement: [{ ...tlsOnly, Effect: 'Allow' }] } }, ['PutBucketPolicy']],
  [{ rules: [] }, ['PutBucketLifecycleConfiguration']],
  [{ tags: {} }, ['PutBucketTagging']],
])('%j is mended by %j', (change, expected) => {
  expect(operations(planBucket(wish, { ...good, ...change }))).toEqual(expected);
});

test('statements, rules and tags of others stay', () => {
  const theirs = {
    Sid: 'Theirs',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:DeleteBucket',
    Resource: 'arn:aws:s3:::states',
  };
  const both = { ...good, policy: { Statement: [theirs, tlsOnly] } };
  expect(planBucket(wish, both).calls).toEqual([]);
  const state = {
    ...good,
    policy: { Statement: [theirs] },
    rules: [{ ID: 'theirs', Days: '3' }],
    tags: { cost: 'x', 'lading:bootstrap': 'lading-shop', 'lading:repository': 'acme/shop' },
  };
  const bodies = planBucket(wish, state).calls.map((call) => (call.service === 's3' ? call.request.body : undefined));
  expect(bodies).toHaveLength(3);
  expect(bodies.join('\n')).toContain('"Sid":"Theirs"');
  expect(bodies.join('\n')).toContain('<ID>theirs</ID><Days>3</Days>');
  expect(bodies.join('\n')).toContain('<Key>cost</Key><Value>x</Value>');
});

test.each<
  [string, Partial<BucketState>, boolean, { isEmpty: boolean; alsoUsedBy: string | undefined }, 'delete' | 'keep']
>([
  ['ours', {}, true, { isEmpty: true, alsoUsedBy: undefined }, 'delete'],
  ['with states', {}, true, { isEmpty: false, alsoUsedBy: undefined }, 'keep'],
  ['used by others', {}, true, { isEmpty: true, alsoUsedBy: 'lading-blog-build' }, 'keep'],
  ['of a run that was cut', { tags: {} }, true, { isEmpty: true, alsoUsedBy: undefined }, 'delete'],
  ['that was there before', { tags: {} }, false, { isEmpty: true, alsoUsedBy: undefined }, 'keep'],
  [
    'that was there before, with our kind of name',
    { tags: { cost: 'x' } },
    true,
    { isEmpty: true, alsoUsedBy: undefined },
    'keep',
  ],
  [
    'of another that is gone',
    { tags: { 'lading:bootstrap': 'lading-blog' } },
    false,
    { isEmpty: true, alsoUsedBy: undefined },
    'delete',
  ],
])('one %s', (_what, change, isOwnName, found, action) => {
  expect(planBucketRemoval({ ...wish, isOwnName }, { ...good, ...change }, found)?.action).toBe(action);
});
