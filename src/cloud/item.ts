import type { CloudCall } from './call.js';
import type { PolicyDocument } from './document.js';

export type ItemKind = 'bucket' | 'table' | 'provider' | 'policy' | 'role';

/** What becomes of one thing in the account, and the calls that make it so. */
export interface PlanItem {
  readonly kind: ItemKind;
  readonly name: string;
  readonly arn: string;
  /** `keep`: of what is to be taken away, what stays. */
  readonly action: 'create' | 'update' | 'unchanged' | 'delete' | 'keep';
  /** What changes, a line each; `-` and `+` lines of a document. */
  readonly changes: readonly string[];
  /** Why, where that is not plain. */
  readonly note?: string | undefined;
  /** Of a role or a policy, as they shall be: `trust`, `policy`. */
  readonly documents?: Readonly<Record<string, PolicyDocument>> | undefined;
  /** In their order. */
  readonly calls: readonly CloudCall[];
}

/** One setting of a thing: undefined when it is as it should be. */
export interface Change {
  readonly line: readonly string[];
  readonly calls: readonly CloudCall[];
}

/** Of a thing that is there. */
export function updated(
  item: Pick<PlanItem, 'kind' | 'name' | 'arn' | 'note' | 'documents'>,
  changes: readonly (Change | undefined)[],
): PlanItem {
  const found = changes.filter((change): change is Change => change !== undefined);
  return {
    ...item,
    action: found.length > 0 ? 'update' : 'unchanged',
    changes: found.flatMap(({ line }) => line),
    calls: found.flatMap(({ calls }) => calls),
  };
}
