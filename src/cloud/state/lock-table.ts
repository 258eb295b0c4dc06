import * as v from 'valibot';
import type { AwsSession } from '../../aws/api.js';
import { isAwsFailure } from '../../aws/failure.js';
import { LadingError } from '../../base/errors.js';
import { parseShape } from '../../base/json.js';
import type { CloudCall } from '../call.js';
import type { Change, PlanItem } from '../item.js';
import { updated } from '../item.js';
import type { Owner, Tags } from '../owner.js';
import { keptNote, keptShared, missingTags, readTags, tagList, tagsOf } from '../owner.js';

export interface TableWish {
  readonly table: string;
  readonly region: string;
  readonly partition: string;
  readonly account: string;
  readonly owner: Owner;
}

export interface TableState {
  readonly status: string;
  readonly key: readonly string[];
  readonly isProtected: boolean;
  readonly tags: Tags;
}

const shape = v.looseObject({
  Table: v.looseObject({
    TableStatus: v.string(),
    KeySchema: v.array(v.looseObject({ AttributeName: v.string(), KeyType: v.string() })),
    AttributeDefinitions: v.array(v.looseObject({ AttributeName: v.string(), AttributeType: v.string() })),
    DeletionProtectionEnabled: v.optional(v.boolean(), false),
    TableArn: v.string(),
  }),
});
const tagShape = v.looseObject({
  Tags: v.optional(v.array(v.looseObject({ Key: v.string(), Value: v.string() })), []),
});

/** Undefined when there is none. */
export async function readLockTable(aws: AwsSession, wish: TableWish): Promise<TableState | undefined> {
  const dynamodb = aws.api('dynamodb', { region: wish.region });
  try {
    const answer = await dynamodb.call('DescribeTable', { TableName: wish.table });
    const { Table: table } = parseShape(shape, answer, 'answer of dynamodb DescribeTable');
    const tags = parseShape(
      tagShape,
      await dynamodb.call('ListTagsOfResource', { ResourceArn: table.TableArn }),
      'answer of dynamodb ListTagsOfResource',
    );
    const kinds = new Map(table.AttributeDefinitions.map((one) => [one.AttributeName, one.AttributeType]));
    return {
      status: table.TableStatus,
      key: table.KeySchema.map((one) => `${one.AttributeName}:${kinds.get(one.AttributeName) ?? '?'}`),
      isProtected: table.DeletionProtectionEnabled,
      tags: readTags(tags.Tags),
    };
  } catch (error) {
    if (isAwsFailure(error, 'not-found')) return undefined;
    throw error;
  }
}

/** Throws when a table of another kind has the name. */
export function planLockTable(wish: TableWish, state: TableState | undefined): PlanItem {
  const item = itemOf(wish);
  if (state === undefined) {
    return { ...item, action: 'create', changes: ['key: LockID', 'deletion protection: on'], calls: [create(wish)] };
  }
  if (state.key.join() !== 'LockID:S') {
    throw new LadingError(
      'input',
      `the table ${wish.table} is no lock of Terraform: its key is ${state.key.join(', ')}`,
      {
        code: 'NO_LOCK_TABLE',
        hint: 'Name another one with --lock-table, or lock by the bucket: --lock s3.',
      },
    );
  }
  return updated({ ...item, note: keptNote(state.tags, wish.owner) }, [
    planProtection(wish, state),
    planTags(wish, state),
  ]);
}

export function planTableRemoval(
  wish: TableWish,
  state: TableState | undefined,
  found: { readonly isEmpty: boolean; readonly alsoUsedBy: string | undefined },
): PlanItem | undefined {
  if (state === undefined) return undefined;
  const item = itemOf(wish);
  const why =
    keptShared(state.tags, wish.owner) ??
    (found.isEmpty ? undefined : 'locks or digests of states are in it') ??
    (found.alsoUsedBy === undefined ? undefined : `${found.alsoUsedBy} is there, too, and may lock with it`);
  if (why !== undefined) return { ...item, action: 'keep', changes: [], calls: [], note: why };
  const unlock = call(wish, 'UpdateTable', { TableName: wish.table, DeletionProtectionEnabled: false });
  return {
    ...item,
    action: 'delete',
    changes: [],
    calls: [...(state.isProtected ? [unlock] : []), call(wish, 'DeleteTable', { TableName: wish.table })],
  };
}

function itemOf(wish: TableWish) {
  const { table, partition, region, account } = wish;
  return { kind: 'table' as const, name: table, arn: `arn:${partition}:dynamodb:${region}:${account}:table/${table}` };
}

function create(wish: TableWish): CloudCall {
  return call(wish, 'CreateTable', {
    TableName: wish.table,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'LockID', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'LockID', KeyType: 'HASH' }],
    DeletionProtectionEnabled: true,
    Tags: tagList(tagsOf(wish.owner)),
  });
}

function planProtection(wish: TableWish, state: TableState): Change | undefined {
  if (state.isProtected || keptNote(state.tags, wish.owner) !== undefined) return undefined;
  return {
    line: ['deletion protection: on'],
    calls: [call(wish, 'UpdateTable', { TableName: wish.table, DeletionProtectionEnabled: true })],
  };
}

function planTags(wish: TableWish, state: TableState): Change | undefined {
  const missing = keptNote(state.tags, wish.owner) === undefined ? missingTags(state.tags, wish.owner) : {};
  if (Object.keys(missing).length === 0) return undefined;
  return {
    line: Object.entries(missing).map(([key, value]) => `tag ${key}: ${value}`),
    calls: [call(wish, 'TagResource', { ResourceArn: itemOf(wish).arn, Tags: tagList(missing) })],
  };
}

function call({ region }: TableWish, operation: string, input: object): CloudCall {
  return { service: 'dynamodb', operation, input, region };
}
