import * as v from 'valibot';
import type { AwsSession } from '../../aws/api.js';
import { isAwsFailure } from '../../aws/failure.js';
import { booleanText, listOf } from '../../aws/protocol/xml.js';
import { parseShape } from '../../base/json.js';
import type { PolicyDocument } from '../document.js';
import { canonicalDocument, documentDiff, readDocument } from '../document.js';
import type { Change, PlanItem } from '../item.js';
import { updated } from '../item.js';
import type { Owner, Tags } from '../owner.js';
import { keptNote, missingTags, readTags, tagList, tagsOf } from '../owner.js';
import { iam } from './provider.js';
import { refuseTaken } from './taken.js';

export interface BoundaryWish {
  readonly name: string;
  readonly partition: string;
  readonly account: string;
  /** Where states are: no task has a business there. */
  readonly bucket: string;
  readonly owner: Owner;
}

export interface BoundaryState {
  readonly document: PolicyDocument;
  readonly tags: Tags;
  readonly versions: readonly { readonly id: string; readonly isDefault: boolean }[];
  /** Roles that are bounded by it. */
  readonly users: readonly string[];
}

const versionId = v.looseObject({ VersionId: v.string(), IsDefaultVersion: booleanText });
const shapes = {
  GetPolicy: v.looseObject({
    Policy: v.looseObject({
      DefaultVersionId: v.string(),
      Tags: listOf(v.looseObject({ Key: v.string(), Value: v.string() })),
    }),
  }),
  GetPolicyVersion: v.looseObject({ PolicyVersion: v.looseObject({ Document: v.string() }) }),
  ListPolicyVersions: v.looseObject({ Versions: listOf(versionId) }),
  ListEntitiesForPolicy: v.looseObject({ PolicyRoles: listOf(v.looseObject({ RoleName: v.string() })) }),
} as const;

export function boundaryArn({
  partition,
  account,
  name,
}: Pick<BoundaryWish, 'partition' | 'account' | 'name'>): string {
  return `arn:${partition}:iam::${account}:policy/${name}`;
}

/**
 * What the roles of tasks may come to at most, whatever policies they get: anything an app does, and nothing that makes
 * it somebody else. Who may make roles under it alone cannot make himself an administrator.
 */
export function boundaryDocument({ partition, bucket }: Pick<BoundaryWish, 'partition' | 'bucket'>): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Apps',
        Effect: 'Allow',
        NotAction: ['account:*', 'iam:*', 'organizations:*', 'sts:*'],
        Resource: '*',
      },
      {
        Sid: 'States',
        Effect: 'Deny',
        Action: 's3:*',
        Resource: [`arn:${partition}:s3:::${bucket}`, `arn:${partition}:s3:::${bucket}/*`],
      },
    ],
  };
}

/** Undefined when there is none. */
export async function readBoundary(aws: AwsSession, wish: BoundaryWish): Promise<BoundaryState | undefined> {
  const PolicyArn = boundaryArn(wish);
  const read = async <Name extends keyof typeof shapes>(operation: Name, input: object) =>
    parseShape(
      shapes[operation],
      await aws.api('iam').call(operation, { PolicyArn, ...input }),
      `answer of iam ${operation}`,
    ) as v.InferOutput<(typeof shapes)[Name]>;
  try {
    const { Policy: policy } = await read('GetPolicy', {});
    const [version, versions, entities] = await Promise.all([
      read('GetPolicyVersion', { VersionId: policy.DefaultVersionId }),
      read('ListPolicyVersions', {}),
      read('ListEntitiesForPolicy', { PolicyUsageFilter: 'PermissionsBoundary' }),
    ]);
    return {
      document: readDocument(version.PolicyVersion.Document, `policy ${wish.name}`),
      tags: readTags(policy.Tags),
      versions: versions.Versions.map((one) => ({ id: one.VersionId, isDefault: one.IsDefaultVersion })),
      users: entities.PolicyRoles.map(({ RoleName }) => RoleName),
    };
  } catch (error) {
    if (isAwsFailure(error, 'not-found')) return undefined;
    throw error;
  }
}

export function planBoundary(wish: BoundaryWish, state: BoundaryState | undefined): PlanItem {
  const document = boundaryDocument(wish);
  const item = { ...itemOf(wish), documents: { policy: document } };
  if (state === undefined) {
    const PolicyDocument = JSON.stringify(document);
    const input = { PolicyName: wish.name, PolicyDocument, Tags: tagList(tagsOf(wish.owner)) };
    return {
      ...item,
      action: 'create',
      changes: documentDiff(undefined, document),
      calls: [iam('CreatePolicy', input)],
    };
  }
  refuseTaken({ what: 'policy', name: wish.name, tags: state.tags }, wish.owner);
  return updated(item, [planDocument(item.arn, document, state), planTags(item.arn, wish, state)]);
}

export function planBoundaryRemoval(wish: BoundaryWish, state: BoundaryState | undefined): PlanItem | undefined {
  if (state === undefined) return undefined;
  const item = itemOf(wish);
  const isBusy = state.users.length > 0;
  const note =
    keptNote(state.tags, wish.owner) ??
    (isBusy ? `it bounds ${state.users.join(', ')}: destroy the service first` : undefined);
  if (note !== undefined) {
    return { ...item, action: 'keep', changes: [], calls: [], note };
  }
  const old = state.versions.filter(({ isDefault }) => !isDefault);
  return {
    ...item,
    action: 'delete',
    changes: [],
    calls: [
      ...old.map(({ id }) => iam('DeletePolicyVersion', { PolicyArn: item.arn, VersionId: id })),
      iam('DeletePolicy', { PolicyArn: item.arn }),
    ],
  };
}

/** IAM keeps five versions: the oldest makes room. */
function planDocument(arn: string, wanted: PolicyDocument, state: BoundaryState): Change | undefined {
  if (canonicalDocument(state.document) === canonicalDocument(wanted)) return undefined;
  const old = state.versions.filter(({ isDefault }) => !isDefault).sort((a, b) => numberOf(a.id) - numberOf(b.id));
  const oldest = state.versions.length >= 5 ? old[0] : undefined;
  return {
    line: documentDiff(state.document, wanted),
    calls: [
      ...(oldest ? [iam('DeletePolicyVersion', { PolicyArn: arn, VersionId: oldest.id })] : []),
      iam('CreatePolicyVersion', { PolicyArn: arn, PolicyDocument: JSON.stringify(wanted), SetAsDefault: true }),
    ],
  };
}

/** `v12` */
function numberOf(id: string): number {
  return Number(id.slice(1));
}

function planTags(arn: string, { owner }: BoundaryWish, { tags }: BoundaryState): Change | undefined {
  const missing = missingTags(tags, owner);
  if (Object.keys(missing).length === 0) return undefined;
  return {
    line: Object.entries(missing).map(([key, value]) => `tag ${key}: ${value}`),
    calls: [iam('TagPolicy', { PolicyArn: arn, Tags: tagList(missing) })],
  };
}

function itemOf(wish: BoundaryWish) {
  return { kind: 'policy' as const, name: wish.name, arn: boundaryArn(wish) };
}
