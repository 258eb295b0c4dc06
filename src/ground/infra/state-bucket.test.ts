import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestWorld } from '../../../test/support/world.js';
import { testWorld } from '../../../test/support/world.js';
import type { AwsSession } from '../../aws/api.js';
import { openAws } from '../../aws/session.js';
import { checkAccount, checkStateBucket } from './state-bucket.js';

/** Buckets by their owners: S3 refuses who expects another one, and tells no more. */
const owners: Readonly<Record<string, string>> = { ours: '123456789012', theirs: '210987654321' };

const s3 = createServer((request, response) => {
  const owner = owners[(request.url ?? '').slice(1)];
  const expected = request.headers['x-amz-expected-bucket-owner'];
  response.writeHead(owner === undefined ? 404 : owner === expected ? 200 : 403).end();
});
let world: TestWorld;
let aws: AwsSession;

beforeAll(async () => {
  await new Promise<void>((resolve) => s3.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(s3.address() as AddressInfo).port}`;
  const keys = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'eu-central-1' };
  world = testWorld({ env: { AWS_ENDPOINT_URL: url, ...keys } });
  aws = await openAws(world);
});
afterAll(() => {
  world.close();
  s3.close();
});

const check = (bucket: string) => checkStateBucket(aws, { bucket, stateRegion: undefined }, '123456789012');

test('a bucket of the account is taken', async () => {
  await expect(check('ours')).resolves.toBeUndefined();
});

test('one of another account is refused: the state would be with somebody else', async () => {
  await expect(check('theirs')).rejects.toMatchObject({
    code: 'STATE_BUCKET_DENIED',
    kind: 'credentials',
    message: expect.stringContaining('theirs is not of account 123456789012') as string,
  });
});

test('one that is not there is to be made', async () => {
  await expect(check('nobody')).rejects.toMatchObject({ code: 'NO_STATE_BUCKET', kind: 'remote' });
});

test('credentials of another account are refused where one is named', () => {
  expect(() => checkAccount('123456789012', undefined)).not.toThrow();
  expect(() => checkAccount('123456789012', '123456789012')).not.toThrow();
  expect(() => checkAccount('123456789012', '210987654321')).toThrow(/of account 123456789012/);
});
