import type { FilePlace } from '../finding.js';

/** A text of a workflow, and where it stands: offsets of UTF-16 code units, quotes included. */
export interface Spot {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Each of its lines stands in a line of the file: `|`. */
  readonly literal: boolean;
}

export interface Step {
  readonly start: number;
  readonly id: string | undefined;
  readonly uses: Spot | undefined;
  readonly run: Spot | undefined;
  readonly shell: string | undefined;
  readonly with: ReadonlyMap<string, Spot>;
  /** Where a further line of `with` could go. */
  readonly withEnd: { readonly offset: number; readonly indent: number } | undefined;
  readonly env: ReadonlyMap<string, Spot>;
}

export interface Job {
  readonly name: string;
  readonly start: number;
  /** Empty when it is computed. */
  readonly runsOn: readonly Spot[];
  readonly needs: readonly Spot[];
  readonly environment: Spot | undefined;
  readonly permissions: Permissions;
  readonly inContainer: boolean;
  /** A reusable workflow that is called instead of steps. */
  readonly calls: Spot | undefined;
  readonly outputs: ReadonlyMap<string, Spot>;
  readonly steps: readonly Step[];
  /** Every text of the job. */
  readonly texts: readonly Spot[];
}

/** Undefined when nothing is said. */
export type Permissions = { readonly all: string } | { readonly of: ReadonlyMap<string, string> } | undefined;

export interface Workflow {
  /** Relative to the folder that was looked at. */
  readonly file: string;
  readonly text: string;
  readonly jobs: readonly Job[];
  /** Names of events. */
  readonly triggers: readonly string[];
  /** Branches that a push starts it for; undefined when any does. */
  readonly pushBranches: readonly string[] | undefined;
  readonly permissions: Permissions;
  readonly shell: string | undefined;
  readonly mistakes: readonly { readonly offset: number; readonly message: string }[];
  place(offset: number): FilePlace;
}

/** Text that may hold `${{ … }}`: the literal parts, with `*` for what an expression becomes. */
export function withoutExpressions(text: string): string {
  return text.replace(/\$\{\{[\s\S]*?\}\}/g, '*');
}

/** What stands in `${{ … }}` of a text, with its offset in it. */
export function expressionsIn(text: string): readonly { readonly text: string; readonly at: number }[] {
  return [...text.matchAll(/\$\{\{([\s\S]*?)\}\}/g)].map((match) => ({ text: match[1] ?? '', at: match.index }));
}

/** `owner/name`, and what follows the `@`. */
export function actionOf(uses: string): { readonly name: string; readonly version: string } | undefined {
  const [, name, version] = /^([\w.-]+\/[\w.-]+(?:\/[\w./-]+)?)@(\S+)$/.exec(uses.trim()) ?? [];
  return name === undefined || version === undefined ? undefined : { name: name.toLowerCase(), version };
}
