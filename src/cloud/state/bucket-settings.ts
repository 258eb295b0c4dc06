import type { RestRequest } from '../../aws/api.js';
import { writeXml } from '../../aws/protocol/xml.js';
import type { CloudCall } from '../call.js';
import { canonicalDocument, documentDiff } from '../document.js';
import type { PolicyDocument } from '../document.js';
import type { Change } from '../item.js';
import type { BucketAt, BucketState, LifecycleRule } from './bucket.js';
import { expectedOwner } from './bucket.js';

export const XMLNS = 'http://s3.amazonaws.com/doc/2006-03-01/';
const BLOCKS = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'] as const;
/** AWS's own keys, the account's, and those twice. */
const CIPHERS = ['AES256', 'aws:kms', 'aws:kms:dsse'];
const TLS_ONLY = 'LadingTlsOnly';
const OLD_VERSIONS = 'lading-old-versions';
const OLD_DAYS = 90;

/** A state is worth its old versions; a lock leaves two behind each time. */
const oldVersions: LifecycleRule = {
  ID: OLD_VERSIONS,
  Filter: { Prefix: '' },
  Status: 'Enabled',
  Expiration: { ExpiredObjectDeleteMarker: 'true' },
  NoncurrentVersionExpiration: { NoncurrentDays: String(OLD_DAYS) },
  AbortIncompleteMultipartUpload: { DaysAfterInitiation: '7' },
};

export function putOf(at: BucketAt, operation: string, query: string, body: string): CloudCall {
  const request: RestRequest = {
    method: 'PUT',
    bucket: at.bucket,
    query: { [query]: '' },
    headers: expectedOwner(at),
    body,
    // There is nothing in the answer; emulators have their own nothing.
    asText: true,
  };
  return { service: 's3', operation, request, region: at.region };
}

/** What is not as it should be, with the call that mends it. What others have set beside it stays. */
export function planSettings(at: BucketAt, state: BucketState | undefined): readonly (Change | undefined)[] {
  return [
    planOwnership(at, state),
    planBlocks(at, state),
    planVersioning(at, state),
    planEncryption(at, state),
    planPolicy(at, state),
    planRules(at, state),
  ];
}

function planOwnership(at: BucketAt, state: BucketState | undefined): Change | undefined {
  // A new one is made with it.
  if (state === undefined || state.ownership === 'BucketOwnerEnforced') return undefined;
  const body = writeXml('OwnershipControls', { Rule: { ObjectOwnership: 'BucketOwnerEnforced' } }, XMLNS);
  return {
    line: [`ownership: ${state.ownership ?? 'by access lists'} → BucketOwnerEnforced`],
    calls: [putOf(at, 'PutBucketOwnershipControls', 'ownershipControls', body)],
  };
}

function planBlocks(at: BucketAt, state: BucketState | undefined): Change | undefined {
  const open = BLOCKS.filter((name) => !state?.blocked.includes(name));
  if (open.length === 0) return undefined;
  const all = Object.fromEntries(BLOCKS.map((name) => [name, true]));
  return {
    line: [open.length === BLOCKS.length ? 'public access: blocked' : `public access: + ${open.join(', ')}`],
    calls: [
      putOf(at, 'PutPublicAccessBlock', 'publicAccessBlock', writeXml('PublicAccessBlockConfiguration', all, XMLNS)),
    ],
  };
}

function planVersioning(at: BucketAt, state: BucketState | undefined): Change | undefined {
  if (state?.versioning === 'Enabled') return undefined;
  const body = writeXml('VersioningConfiguration', { Status: 'Enabled' }, XMLNS);
  return {
    line: [`versioning: ${state?.versioning === undefined ? 'Enabled' : `${state.versioning} → Enabled`}`],
    calls: [putOf(at, 'PutBucketVersioning', 'versioning', body)],
  };
}

function planEncryption(at: BucketAt, state: BucketState | undefined): Change | undefined {
  if (state?.encryption !== undefined && CIPHERS.includes(state.encryption)) return undefined;
  const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } };
  const body = writeXml('ServerSideEncryptionConfiguration', { Rule: rule }, XMLNS);
  return { line: ['encryption: AES256'], calls: [putOf(at, 'PutBucketEncryption', 'encryption', body)] };
}

function planPolicy(at: BucketAt, state: BucketState | undefined): Change | undefined {
  if (!at.hasTls) return undefined;
  const arn = `arn:${at.partition}:s3:::${at.bucket}`;
  const ours = {
    Sid: TLS_ONLY,
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: [arn, `${arn}/*`],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
  const present = state?.policy?.Statement ?? [];
  const others = present.filter(({ Sid }) => Sid !== TLS_ONLY);
  const wanted: PolicyDocument = { Version: state?.policy?.Version ?? '2012-10-17', Statement: [...others, ours] };
  if (canonicalDocument(present) === canonicalDocument(wanted.Statement)) return undefined;
  const isNew = present.every(({ Sid }) => Sid !== TLS_ONLY);
  return {
    line: isNew ? ['policy: TLS only'] : documentDiff(state?.policy, wanted).map((line) => `policy: ${line}`),
    calls: [putJson(at, 'PutBucketPolicy', 'policy', JSON.stringify(wanted))],
  };
}

function putJson(at: BucketAt, operation: string, query: string, body: string): CloudCall {
  const call = putOf(at, operation, query, body);
  if (call.service !== 's3') return call;
  return {
    ...call,
    request: { ...call.request, headers: { ...call.request.headers, 'content-type': 'application/json' } },
  };
}

function planRules(at: BucketAt, state: BucketState | undefined): Change | undefined {
  const present = state?.rules ?? [];
  const ours = present.find(({ ID }) => ID === OLD_VERSIONS);
  if (ours !== undefined && canonicalDocument(ours) === canonicalDocument(oldVersions)) return undefined;
  const rules = [...present.filter(({ ID }) => ID !== OLD_VERSIONS), oldVersions];
  return {
    line: [`lifecycle: old versions go after ${OLD_DAYS} days`],
    calls: [
      putOf(
        at,
        'PutBucketLifecycleConfiguration',
        'lifecycle',
        writeXml('LifecycleConfiguration', { Rule: rules }, XMLNS),
      ),
    ],
  };
}
