import * as v from 'valibot';
import type { AwsSession, RestRequest } from '../../aws/api.js';
import { isAwsFailure } from '../../aws/failure.js';
import { LadingError } from '../../base/errors.js';
import { parseShape } from '../../base/json.js';
import { listOf } from '../../aws/protocol/xml.js';
import type { PolicyDocument } from '../document.js';
import { readDocument } from '../document.js';
import type { Tags } from '../owner.js';
import { readTags } from '../owner.js';

export interface BucketAt {
  readonly bucket: string;
  readonly region: string;
  readonly partition: string;
  readonly account: string;
  /** S3 is reached by TLS. Where it is not, as at an emulator, a rule for TLS alone would lock everybody out. */
  readonly hasTls: boolean;
}

/** A rule as S3 has it, with whatever we do not know. */
export type LifecycleRule = Readonly<Record<string, unknown>> & { readonly ID?: string | undefined };

/** The settings of a bucket that is there. What nobody has set is undefined. */
export interface BucketState {
  readonly tags: Tags;
  readonly versioning: string | undefined;
  readonly encryption: string | undefined;
  readonly ownership: string | undefined;
  /** Those of the four that are on. */
  readonly blocked: readonly string[];
  readonly policy: PolicyDocument | undefined;
  readonly rules: readonly LifecycleRule[];
}

const rule = v.looseObject({ ID: v.optional(v.string()) });
const lifecycle = v.looseObject({ Rule: listOf(rule) });
const tagging = v.looseObject({
  TagSet: v.pipe(
    v.unknown(),
    v.transform((set) => (set === '' ? { Tag: [] } : set)),
    v.looseObject({ Tag: listOf(v.looseObject({ Key: v.string(), Value: v.string() })) }),
  ),
});
const versioning = v.looseObject({ Status: v.optional(v.string()) });
const encryption = v.looseObject({
  Rule: listOf(
    v.looseObject({ ApplyServerSideEncryptionByDefault: v.optional(v.looseObject({ SSEAlgorithm: v.string() })) }),
  ),
});
const ownership = v.looseObject({ Rule: listOf(v.looseObject({ ObjectOwnership: v.string() })) });

/** Undefined when there is none. Rejects when it is somebody else's: names of buckets are the whole world's. */
export async function readBucket(aws: AwsSession, at: BucketAt): Promise<BucketState | undefined> {
  const s3 = aws.rest('s3', { region: at.region });
  const headers = expectedOwner(at);
  try {
    await s3.request('HeadBucket', { method: 'HEAD', bucket: at.bucket, headers });
  } catch (error) {
    if (isAwsFailure(error, 'not-found')) return undefined;
    if (isAwsFailure(error, 'denied')) throw notOurs(at, error);
    throw error;
  }
  const read = async <Schema extends v.GenericSchema>(
    operation: string,
    query: string,
    schema: Schema,
  ): Promise<v.InferOutput<Schema> | undefined> => {
    const request: RestRequest = { bucket: at.bucket, query: { [query]: '' }, headers };
    try {
      const { value } = await s3.request(operation, request);
      return parseShape(schema, value === '' || value === undefined ? {} : value, `answer of s3 ${operation}`);
    } catch (error) {
      // Each setting has a name of its own for being absent: NoSuchTagSet, NoSuchBucketPolicy, …
      if (isAwsFailure(error, 'not-found') && error.type !== 'NoSuchBucket') return undefined;
      throw error;
    }
  };
  const [tags, versions, encrypted, owned, block, rules, policy] = await Promise.all([
    read('GetBucketTagging', 'tagging', tagging),
    read('GetBucketVersioning', 'versioning', versioning),
    read('GetBucketEncryption', 'encryption', encryption),
    read('GetBucketOwnershipControls', 'ownershipControls', ownership),
    read('GetPublicAccessBlock', 'publicAccessBlock', v.record(v.string(), v.unknown())),
    read('GetBucketLifecycleConfiguration', 'lifecycle', lifecycle),
    readPolicy(aws, at),
  ]);
  return {
    tags: readTags(tags?.TagSet.Tag ?? []),
    versioning: versions?.Status,
    encryption: encrypted?.Rule[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm,
    ownership: owned?.Rule[0]?.ObjectOwnership,
    blocked: Object.entries(block ?? {}).flatMap(([name, value]) => (value === 'true' ? [name] : [])),
    policy,
    rules: rules?.Rule ?? [],
  };
}

/** The one answer of S3 that is JSON. */
async function readPolicy(aws: AwsSession, at: BucketAt): Promise<PolicyDocument | undefined> {
  const s3 = aws.rest('s3', { region: at.region });
  try {
    const request = { bucket: at.bucket, query: { policy: '' }, headers: expectedOwner(at), asText: true };
    const { value } = await s3.request('GetBucketPolicy', request);
    return readDocument(String(value), `policy of bucket ${at.bucket}`);
  } catch (error) {
    if (isAwsFailure(error, 'not-found') && error.type !== 'NoSuchBucket') return undefined;
    throw error;
  }
}

export function expectedOwner({ account }: Pick<BucketAt, 'account'>): Readonly<Record<string, string>> {
  return { 'x-amz-expected-bucket-owner': account };
}

/** S3 tells the two cases by nothing but a status. */
function notOurs({ bucket, account }: BucketAt, cause: unknown): LadingError {
  return new LadingError(
    'credentials',
    `the bucket ${bucket} is not of account ${account}, or these credentials may not list it`,
    {
      code: 'BUCKET_OF_ANOTHER',
      hint: `Name another one with --state-bucket; when it is yours, allow s3:ListBucket on it.`,
      cause,
    },
  );
}
