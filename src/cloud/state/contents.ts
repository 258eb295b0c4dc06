import * as v from 'valibot';
import type { AwsSession } from '../../aws/api.js';
import { listOf } from '../../aws/protocol/xml.js';
import { parseShape } from '../../base/json.js';
import type { BucketAt } from './bucket.js';
import { expectedOwner } from './bucket.js';

const versions = v.looseObject({ Version: listOf(v.unknown()), DeleteMarker: listOf(v.unknown()) });
const scan = v.looseObject({ Count: v.number() });

/** Whether bucket and table are empty; what is not there is. */
export async function holdsNothing(
  aws: AwsSession,
  at: {
    readonly bucket: BucketAt | undefined;
    readonly table: { readonly table: string; readonly region: string } | undefined;
  },
): Promise<{ readonly bucket: boolean; readonly table: boolean }> {
  return { bucket: await isEmptyBucket(aws, at.bucket), table: await isEmptyTable(aws, at.table) };
}

/** Old versions count: they are what a lost state is brought back from. */
async function isEmptyBucket(aws: AwsSession, at: BucketAt | undefined): Promise<boolean> {
  if (at === undefined) return true;
  const { value } = await aws.rest('s3', { region: at.region }).request('ListObjectVersions', {
    bucket: at.bucket,
    query: { versions: '', 'max-keys': '1' },
    headers: expectedOwner(at),
  });
  const { Version, DeleteMarker } = parseShape(versions, value === '' ? {} : value, 'answer of s3 ListObjectVersions');
  return Version.length + DeleteMarker.length === 0;
}

async function isEmptyTable(
  aws: AwsSession,
  at: { readonly table: string; readonly region: string } | undefined,
): Promise<boolean> {
  if (at === undefined) return true;
  const input = { TableName: at.table, Limit: 1, ConsistentRead: true };
  const answer = await aws.api('dynamodb', { region: at.region }).call('Scan', input);
  return parseShape(scan, answer, 'answer of dynamodb Scan').Count === 0;
}
