import type { Foundation } from '../../cloud/foundation.js';
import type { PlanItem } from '../../cloud/item.js';
import { boundaryArn } from '../../cloud/access/boundary.js';
import { roleArn } from '../../cloud/access/role.js';
import type { Page } from '../../base/tell/page.js';
import type { WholeRequest } from './foundation.js';
import type { RoleName } from './request.js';
import { roleNames } from './request.js';

export type ItemResult = Omit<PlanItem, 'calls'>;

export interface StoredVariable {
  readonly name: string;
  readonly action: 'created' | 'updated' | 'unchanged' | 'deleted' | 'kept' | 'none';
}

export interface BootstrapResult {
  readonly outcome: 'planned' | 'applied' | 'unchanged' | 'destroyed';
  readonly account: string;
  readonly region: string;
  readonly repository: string;
  readonly name: string;
  /** What was planned, and in the end done. */
  readonly items: readonly ItemResult[];
  /** ARNs. */
  readonly roles: Readonly<Record<RoleName, string>>;
  readonly boundary: string;
  readonly bucket: string;
  /** What workflows read, by name. */
  readonly variables: Readonly<Record<string, string>>;
  /** What became of them at GitHub; undefined when it was not told. */
  readonly stored?: readonly StoredVariable[] | undefined;
}

export function bootstrapResult(
  { request, home, place }: WholeRequest,
  foundation: Foundation,
  items: readonly PlanItem[],
): Omit<BootstrapResult, 'outcome' | 'stored'> {
  const arns = foundation.roles.map(roleArn);
  const roles = Object.fromEntries(roleNames.map((role, index) => [role, arns[index]])) as Record<RoleName, string>;
  const boundary = boundaryArn(foundation.boundary);
  const values = {
    AWS_REGION: place.region,
    TF_STATE_BUCKET: foundation.bucket.bucket,
    TF_LOCK_TABLE: foundation.table?.table,
    ...Object.fromEntries(roleNames.map((role) => [`AWS_ROLE_${role.toUpperCase().replace('-', '_')}`, roles[role]])),
    LADING_PERMISSIONS_BOUNDARY: boundary,
  };
  const variables = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [[`${name}${request.suffix}`, value] as const],
  );
  return {
    account: place.account,
    region: place.region,
    repository: home.repository,
    name: request.name,
    items: items.map(({ calls: _calls, ...item }) => item),
    roles,
    boundary,
    bucket: foundation.bucket.bucket,
    variables: Object.fromEntries(variables),
  };
}

const marks = { create: '+', update: '~', unchanged: '=', delete: '-', keep: '=' } as const;

export function countText(items: readonly ItemResult[]): string {
  const words = {
    create: 'to make',
    update: 'to change',
    delete: 'to take away',
    keep: 'to keep',
    unchanged: 'unchanged',
  };
  const counts = Object.entries(words).flatMap(([action, word]) => {
    const count = items.filter((item) => item.action === action).length;
    return count === 0 ? [] : [`${count} ${word}`];
  });
  return counts.join(', ') || 'nothing is there';
}

export function bootstrapPage(result: Omit<BootstrapResult, 'outcome'>): Page {
  const shown = result.items.filter(({ changes }) => changes.length > 0);
  return {
    title: `Ground of ${result.name}: ${countText(result.items)}`,
    blocks: [
      {
        type: 'facts',
        rows: [
          { name: 'Account', value: `${result.account}, ${result.region}` },
          { name: 'Repository', value: result.repository },
        ],
      },
      {
        type: 'table',
        columns: [{ name: '' }, { name: 'Kind' }, { name: 'Name' }, { name: '' }],
        rows: result.items.map(({ action, kind, name, note }) => [marks[action], kind, { code: name }, note ?? '']),
      },
      ...shown.map(
        ({ kind, name, changes }) =>
          ({
            type: 'code',
            language: 'diff',
            title: `${kind} ${name}`,
            folded: true,
            text: changes.join('\n'),
          }) as const,
      ),
    ],
  };
}
