import type { AwsSession } from '../aws/api.js';
import type { BoundaryWish } from './access/boundary.js';
import { planBoundary, planBoundaryRemoval, readBoundary } from './access/boundary.js';
import { readOtherUsers } from './access/other-users.js';
import type { ProviderWish } from './access/provider.js';
import { planProvider, planProviderRemoval, providerArn, readProvider } from './access/provider.js';
import { planRole, planRoleRemoval } from './access/plan-role.js';
import type { RoleWish } from './access/role.js';
import { readRole } from './access/role.js';
import { readAll } from './read-all.js';
import type { PlanItem } from './item.js';
import { readBucket } from './state/bucket.js';
import { holdsNothing } from './state/contents.js';
import type { TableWish } from './state/lock-table.js';
import { planLockTable, planTableRemoval, readLockTable } from './state/lock-table.js';
import type { BucketWish } from './state/plan-bucket.js';
import { planBucket, planBucketRemoval } from './state/plan-bucket.js';

/** Everything that a pipeline stands on in an account, as it shall be. */
export interface Foundation {
  readonly bucket: BucketWish;
  /** Undefined: the lock is a file in the bucket. */
  readonly table: TableWish | undefined;
  readonly provider: ProviderWish;
  readonly boundary: BoundaryWish;
  readonly roles: readonly RoleWish[];
}

/** What is there. */
export async function readFoundation(aws: AwsSession, wish: Foundation) {
  const { table } = wish;
  const [bucket, lockTable, provider, boundary, roles] = await readAll([
    () => readBucket(aws, wish.bucket),
    () => (table === undefined ? Promise.resolve(undefined) : readLockTable(aws, table)),
    () => readProvider(aws, wish.provider),
    () => readBoundary(aws, wish.boundary),
    () =>
      readAll(
        wish.roles.map(
          ({ name }) =>
            () =>
              readRole(aws, name),
        ),
      ),
  ]);
  return { bucket, table: lockTable, provider, boundary, roles };
}

export type FoundationState = Awaited<ReturnType<typeof readFoundation>>;

/** In the order in which one needs the other. Pure. Throws when a name is taken. */
export function planFoundation(wish: Foundation, state: FoundationState): readonly PlanItem[] {
  return [
    planBucket(wish.bucket, state.bucket),
    ...(wish.table === undefined ? [] : [planLockTable(wish.table, state.table)]),
    planProvider(wish.provider, state.provider),
    planBoundary(wish.boundary, state.boundary),
    ...wish.roles.map((role, index) => planRole(role, state.roles[index])),
  ];
}

/** What else must be known before something is taken away. */
export async function readUse(aws: AwsSession, wish: Foundation, state: FoundationState) {
  const { bucket, table } = wish;
  const leaving = wish.roles.map(({ name }) => name);
  const [users, contents] = await readAll([
    () => readOtherUsers(aws, { provider: providerArn(wish.provider), leaving }),
    () =>
      holdsNothing(aws, {
        bucket: state.bucket && bucket,
        table: state.table && table,
      }),
  ]);
  return { users, contents };
}

export type FoundationUse = Awaited<ReturnType<typeof readUse>>;

/** The other way round: who may come in goes first. Pure. Throws when a name is taken. */
export function planRemoval(wish: Foundation, state: FoundationState, use: FoundationUse): readonly PlanItem[] {
  const { users, contents } = use;
  const alsoUsedBy = users.ofState;
  return [
    ...wish.roles.map((role, index) => planRoleRemoval(role, state.roles[index])),
    planBoundaryRemoval(wish.boundary, state.boundary),
    planProviderRemoval(wish.provider, state.provider, users.ofProvider),
    wish.table && planTableRemoval(wish.table, state.table, { isEmpty: contents.table, alsoUsedBy }),
    planBucketRemoval(wish.bucket, state.bucket, { isEmpty: contents.bucket, alsoUsedBy }),
  ].filter((item) => item !== undefined);
}
