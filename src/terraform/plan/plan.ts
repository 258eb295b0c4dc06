import * as v from 'valibot';
import { parseJson } from '../../base/json.js';
import type { Counts } from '../event.js';
import { readChanges } from './changed-attributes.js';
import type { AttributeChange } from './changed-attributes.js';

export type PlannedAction = 'create' | 'update' | 'replace' | 'delete' | 'forget' | 'import';

export interface ResourceChange {
  readonly address: string;
  /** As `aws_ecs_service`. */
  readonly type: string;
  readonly action: PlannedAction;
  /** Of an update or a replacement. Never a sensitive value. */
  readonly attributes: readonly AttributeChange[];
}

/** What an apply would do. */
export interface StackPlan {
  readonly changes: readonly ResourceChange[];
  /** A replacement is one to add and one to destroy. */
  readonly counts: Counts;
  /** Names of outputs that change. */
  readonly outputs: readonly string[];
  /** What somebody else has changed since the last apply. */
  readonly drift: readonly string[];
  /** Nothing to do: neither resources nor outputs change. */
  readonly clean: boolean;
}

const changeShape = v.looseObject({
  actions: v.array(v.string()),
  before: v.optional(v.unknown()),
  after: v.optional(v.unknown()),
  after_unknown: v.optional(v.unknown()),
  before_sensitive: v.optional(v.unknown()),
  after_sensitive: v.optional(v.unknown()),
  replace_paths: v.optional(v.nullable(v.array(v.array(v.unknown()))), []),
  importing: v.optional(v.unknown()),
});
export type ChangeOfPlan = v.InferOutput<typeof changeShape>;

const resourceShape = v.looseObject({
  address: v.string(),
  mode: v.optional(v.string(), 'managed'),
  type: v.string(),
  change: changeShape,
});

/** https://developer.hashicorp.com/terraform/internals/json-format#plan-representation */
const planShape = v.looseObject({
  resource_changes: v.optional(v.array(resourceShape), []),
  resource_drift: v.optional(v.array(v.looseObject({ address: v.string() })), []),
  output_changes: v.optional(v.record(v.string(), v.looseObject({ actions: v.array(v.string()) })), {}),
});

/** Of what `terraform show -json` prints about a saved plan. */
export function parsePlan(text: string, stack: string): StackPlan {
  const plan = parseJson(planShape, text.slice(Math.max(0, text.indexOf('{'))), `plan of ${stack}`);
  const changes = plan.resource_changes
    .filter(({ mode }) => mode === 'managed')
    .flatMap(({ address, type, change }) => {
      const action = actionOf(change);
      if (action === undefined) return [];
      const attributes = action === 'update' || action === 'replace' ? readChanges(change) : [];
      return [{ address, type, action, attributes }];
    });
  const outputs = Object.entries(plan.output_changes).flatMap(([name, { actions }]) =>
    actions.every((action) => action === 'no-op') ? [] : [name],
  );
  return {
    changes,
    counts: countChanges(changes),
    outputs,
    drift: plan.resource_drift.map(({ address }) => address),
    clean: changes.length === 0 && outputs.length === 0,
  };
}

function actionOf({ actions, importing }: ChangeOfPlan): PlannedAction | undefined {
  if (actions.includes('create')) return actions.includes('delete') ? 'replace' : 'create';
  if (actions.includes('delete')) return 'delete';
  if (actions.includes('update')) return 'update';
  if (actions.includes('forget')) return 'forget';
  return importing === undefined || importing === null ? undefined : 'import';
}

function countChanges(changes: readonly ResourceChange[]): Counts {
  const count = (...actions: readonly PlannedAction[]) =>
    changes.filter(({ action }) => actions.includes(action)).length;
  return { add: count('create', 'replace'), change: count('update'), destroy: count('delete', 'replace') };
}

/** `18 to add, 0 to change, 0 to destroy` */
export function countsText({ add, change, destroy }: Counts): string {
  return `${add} to add, ${change} to change, ${destroy} to destroy`;
}
