import * as v from 'valibot';
import type { Diagnostic } from './failure/diagnostic.js';
import { parseDiagnostic } from './failure/diagnostic.js';

/** A line of `-json`: what happens during a run. */
export type TerraformEvent =
  | { readonly type: 'diagnostic'; readonly diagnostic: Diagnostic }
  | {
      readonly type: 'resource';
      readonly state: 'start' | 'done' | 'failed' | 'going-on';
      readonly address: string;
      readonly action: string;
      readonly text: string;
    }
  | { readonly type: 'summary'; readonly operation: string; readonly changes: Counts }
  /** A line of no interest to programs, or none of Terraform's own. */
  | { readonly type: 'text'; readonly text: string };

export interface Counts {
  readonly add: number;
  readonly change: number;
  readonly destroy: number;
}

const lineShape = v.looseObject({
  '@message': v.string(),
  type: v.string(),
  diagnostic: v.optional(v.unknown()),
  hook: v.optional(v.looseObject({ resource: v.looseObject({ addr: v.string() }), action: v.optional(v.string()) })),
  changes: v.optional(
    v.looseObject({ add: v.number(), change: v.number(), remove: v.number(), operation: v.optional(v.string()) }),
  ),
});

const STATES: Readonly<Record<string, 'start' | 'done' | 'failed' | 'going-on'>> = {
  apply_start: 'start',
  apply_progress: 'going-on',
  apply_complete: 'done',
  apply_errored: 'failed',
};

export function parseEvent(line: string): TerraformEvent {
  const found = parseLine(line);
  if (!found) return { type: 'text', text: line };
  const { '@message': text, type, hook, changes } = found;
  const diagnostic = found.diagnostic === undefined ? undefined : parseDiagnostic(found.diagnostic);
  if (diagnostic) return { type: 'diagnostic', diagnostic };
  const state = STATES[type];
  if (state && hook) return { type: 'resource', state, address: hook.resource.addr, action: hook.action ?? '', text };
  if (type === 'change_summary' && changes) {
    const { add, change, remove, operation = '' } = changes;
    return { type: 'summary', operation, changes: { add, change, destroy: remove } };
  }
  return { type: 'text', text };
}

function parseLine(line: string) {
  if (!line.startsWith('{')) return undefined;
  try {
    const parsed = v.safeParse(lineShape, JSON.parse(line));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}
