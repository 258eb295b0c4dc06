import * as v from 'valibot';
import type { AwsApi, AwsRestApi } from '../api.js';
import { isAwsFailure } from '../failure.js';
import { ask } from './ask.js';

const item = v.looseObject({ Item: v.nullish(v.looseObject({ Info: v.nullish(v.looseObject({ S: v.string() })) })) });

/** `foreign`: it is there, and not of this account, or may not be looked at. */
export async function readBucket(
  s3: AwsRestApi,
  bucket: string,
  account: string,
): Promise<'there' | 'missing' | 'foreign'> {
  try {
    const headers = { 'x-amz-expected-bucket-owner': account };
    await s3.request('HeadBucket', { method: 'HEAD', bucket, headers });
    return 'there';
  } catch (error) {
    if (isAwsFailure(error, 'not-found')) return 'missing';
    if (isAwsFailure(error, 'denied')) return 'foreign';
    throw error;
  }
}

/** When the lock of a state was taken, in milliseconds since 1970; undefined when nobody holds it. https://developer.hashicorp.com/terraform/language/backend/s3#state-locking */
export async function readLockFile(s3: AwsRestApi, bucket: string, key: string): Promise<number | undefined> {
  try {
    const request = { method: 'HEAD', bucket, path: `${key}.tflock`.split('/') } as const;
    const { headers } = await s3.request('HeadObject', request);
    return Date.parse(headers['last-modified'] ?? '') || 0;
  } catch (error) {
    if (isAwsFailure(error, 'not-found')) return undefined;
    throw error;
  }
}

/** What Terraform wrote into the lock that a table keeps: JSON. Undefined when nobody holds it, or there is no such table. */
export async function readLockItem(dynamodb: AwsApi, table: string, id: string): Promise<unknown> {
  try {
    const input = { TableName: table, Key: { LockID: { S: id } } };
    const info = (await ask(dynamodb, 'GetItem', input, item)).Item?.Info?.S;
    return info === undefined ? undefined : (JSON.parse(info) as unknown);
  } catch (error) {
    if (isAwsFailure(error, 'not-found') || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
