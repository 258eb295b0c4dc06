import { writeXml } from '../../aws/protocol/xml.js';
import type { CloudCall } from '../call.js';
import type { Change, PlanItem } from '../item.js';
import { updated } from '../item.js';
import type { Owner, Tags } from '../owner.js';
import { keptNote, madeBy, missingTags, tagList, tagsOf } from '../owner.js';
import type { BucketAt, BucketState } from './bucket.js';
import { expectedOwner } from './bucket.js';
import { planSettings, putOf, XMLNS } from './bucket-settings.js';

export interface BucketWish extends BucketAt {
  readonly owner: Owner;
  /** Its name is our own making: one without any tag is what a run left that was cut. */
  readonly isOwnName: boolean;
}

export function planBucket(wish: BucketWish, state: BucketState | undefined): PlanItem {
  const item = { kind: 'bucket' as const, name: wish.bucket, arn: `arn:${wish.partition}:s3:::${wish.bucket}` };
  const settings = planSettings(wish, state);
  if (state === undefined) {
    const made = updated(item, settings);
    return { ...made, action: 'create', calls: [create(wish), tag(wish, tagsOf(wish.owner)), ...made.calls] };
  }
  return updated({ ...item, note: noteOn(wish, state) }, [planTags(wish, state), ...settings]);
}

/** Only one of ours is ever taken away, and only when nothing is in it: S3 refuses one that has any version of anything. */
export function planBucketRemoval(
  wish: BucketWish,
  state: BucketState | undefined,
  found: { readonly isEmpty: boolean; readonly alsoUsedBy: string | undefined },
): PlanItem | undefined {
  if (state === undefined) return undefined;
  const item = { kind: 'bucket' as const, name: wish.bucket, arn: `arn:${wish.partition}:s3:::${wish.bucket}` };
  const why = whyKept(wish, state, found);
  if (why !== undefined) return { ...item, action: 'keep', changes: [], calls: [], note: why };
  const request = { method: 'DELETE' as const, bucket: wish.bucket, headers: expectedOwner(wish) };
  const calls: readonly CloudCall[] = [{ service: 's3', operation: 'DeleteBucket', request, region: wish.region }];
  return { ...item, action: 'delete', changes: [], calls };
}

function whyKept(
  wish: BucketWish,
  state: BucketState,
  { isEmpty, alsoUsedBy }: { readonly isEmpty: boolean; readonly alsoUsedBy: string | undefined },
): string | undefined {
  if (!isOurs(wish, state.tags) && madeBy(state.tags, wish.owner) !== 'shared') return noteOn(wish, state);
  if (!isEmpty) return 'states are in it, or old versions of them';
  return alsoUsedBy === undefined ? undefined : `${alsoUsedBy} is there, too, and may keep states in it`;
}

function isOurs({ owner, isOwnName }: BucketWish, tags: Tags): boolean {
  return madeBy(tags, owner) === 'ours' || (isOwnName && Object.keys(tags).length === 0);
}

function noteOn(wish: BucketWish, { tags }: BucketState): string | undefined {
  return isOurs(wish, tags) ? undefined : keptNote(tags, wish.owner);
}

function create({ bucket, region }: BucketWish): CloudCall {
  // The first region has no name here.
  const body =
    region === 'us-east-1'
      ? {}
      : {
          body: writeXml('CreateBucketConfiguration', { LocationConstraint: region }, XMLNS),
        };
  const headers = { 'x-amz-object-ownership': 'BucketOwnerEnforced' };
  return { service: 's3', operation: 'CreateBucket', request: { method: 'PUT', bucket, headers, ...body }, region };
}

function planTags(wish: BucketWish, { tags }: BucketState): Change | undefined {
  if (!isOurs(wish, tags)) return undefined;
  const missing = missingTags(tags, wish.owner);
  if (Object.keys(missing).length === 0) return undefined;
  return {
    line: Object.entries(missing).map(([key, value]) => `tag ${key}: ${value}`),
    calls: [tag(wish, { ...tags, ...missing })],
  };
}

/** All of them: S3 takes away what is not named. */
function tag(at: BucketWish, tags: Tags): CloudCall {
  return putOf(at, 'PutBucketTagging', 'tagging', writeXml('Tagging', { TagSet: { Tag: tagList(tags) } }, XMLNS));
}
