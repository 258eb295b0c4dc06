import { formatDuration } from '../base/duration.js';
import { exitCodes, type ErrorKind } from '../base/errors.js';
import type { ScheduleVerdict } from './check/schedule.js';

/** What happened to one secret in one place. Never holds its value. */
export interface RotatedSecret {
  /** In the form of `--to`. */
  readonly place: string;
  readonly secret: string;
  /** `untried`: the run was stopped before it; `done`: written by the run that this one continues. */
  readonly action:
    'created' | 'updated' | 'planned' | 'fresh' | 'done' | 'stale' | 'missing' | 'skipped' | 'failed' | 'untried';
  /** When it was last written before this run; an ISO time. */
  readonly updatedAt?: string | undefined;
  readonly ageSeconds?: number | undefined;
  /** When the password that is in it now expires, at the latest. */
  readonly expiresAt?: string | undefined;
  /** The name that was asked for, when the repository has another by now. */
  readonly movedFrom?: string | undefined;
  readonly error?:
    | { readonly kind: ErrorKind; readonly code: string; readonly message: string; readonly hint?: string | undefined }
    | undefined;
}

export interface RotateResult {
  readonly mode: 'rotate' | 'dry-run' | 'check';
  readonly secrets: readonly RotatedSecret[];
  readonly registries: readonly { readonly secret: string; readonly registry: string; readonly expiresAt: string }[];
  /** Only with `--check`, where the repository of the workflow is known. */
  readonly schedule?:
    | {
        readonly workflow: string;
        readonly verdict: ScheduleVerdict;
        /** GitHub's own word, as `disabled_inactivity`. */
        readonly state: string | undefined;
        readonly lastRunAt?: string | undefined;
        /** How the last run that came to an end did so. */
        readonly conclusion?: string | undefined;
        readonly url?: string | undefined;
      }
    | undefined;
  /** Requests to GitHub. */
  readonly requests: number;
  readonly writes: number;
}

/** From the worst on: what a person must mend before what may pass by itself. */
const severity = ['bug', 'credentials', 'input', 'remote', 'timeout'] as const;

/** The code of the worst failure; else 10 when a check found something that is not well. */
export function rotateExitCode(result: RotateResult): number {
  const kinds = new Set(
    result.secrets.flatMap(({ error, action }) => (error && action === 'failed' ? [error.kind] : [])),
  );
  const worst = severity.find((kind) => kinds.has(kind));
  if (worst) return exitCodes[worst];
  if (kinds.size > 0) return exitCodes.remote;
  if (result.mode !== 'check') return 0;
  const stale = result.secrets.some(({ action }) => action === 'stale' || action === 'missing');
  const verdict = result.schedule?.verdict ?? 'on time';
  return stale || (verdict !== 'on time' && verdict !== 'new') ? exitCodes.changes : 0;
}

/** The first of the passwords to expire; an ISO time. */
export function firstExpiry(result: RotateResult): string | undefined {
  return result.secrets.flatMap(({ expiresAt }) => expiresAt ?? []).sort()[0];
}

/** One line per secret, for stdout. */
export function rotateText(result: RotateResult): string | undefined {
  const rows = [...result.secrets.map(secretRow), ...scheduleRows(result)];
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return lines.length === 0 ? undefined : lines.join('\n');
}

/** Action, place, secret, and what else there is to say. */
export function secretRow(entry: RotatedSecret): readonly string[] {
  const { action, place, secret, error, movedFrom, expiresAt, ageSeconds } = entry;
  const words = [
    ageSeconds === undefined ? undefined : `${formatDuration(Math.max(0, ageSeconds) * 1000)} old`,
    (action === 'created' || action === 'updated') && expiresAt && `expires ${expiresAt}`,
    movedFrom && `was ${movedFrom}`,
    error?.message,
  ];
  return [action, place, secret, words.filter(Boolean).join(', ')];
}

/** The same of the schedule, when it was looked at. */
export function scheduleRows({ schedule }: RotateResult): readonly (readonly string[])[] {
  if (!schedule) return [];
  const { workflow, verdict, state, lastRunAt, conclusion } = schedule;
  const words = [
    verdict === 'disabled' && state,
    verdict === 'failed' && `last run: ${conclusion}`,
    lastRunAt && `last ran ${lastRunAt}`,
    verdict === 'new' && 'did not run yet',
    verdict === 'late' && !lastRunAt && 'never ran',
  ];
  return [[verdict, workflow, 'schedule', words.filter(Boolean).join(', ')]];
}

/** As `398 updated, 1 skipped, 1 failed`. */
export function countText(result: RotateResult): string {
  const counts = new Map<string, number>();
  for (const { action } of result.secrets) counts.set(action, (counts.get(action) ?? 0) + 1);
  return [...counts].map(([action, count]) => `${count} ${action}`).join(', ') || 'nothing to do';
}
