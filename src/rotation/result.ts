import { formatDuration } from '../base/duration.js';
import { exitCodes, type ErrorKind, type LadingError } from '../base/errors.js';

/** What happened to one secret in one place. Never holds its value. */
export interface RotatedSecret {
  /** In the form of `--to`. */
  readonly place: string;
  readonly secret: string;
  readonly action: 'created' | 'updated' | 'planned' | 'fresh' | 'done' | 'stale' | 'missing' | 'skipped' | 'failed';
  /** When it was last written before this run; an ISO time. */
  readonly updatedAt?: string | undefined;
  readonly ageSeconds?: number | undefined;
  /** When the password that is in it now expires. */
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
  /** Only with `--check`, where the workflow is known. */
  readonly schedule?:
    | {
        readonly workflow: string;
        readonly state: string | undefined;
        readonly lastRunAt?: string | undefined;
        readonly overdue: boolean;
      }
    | undefined;
  /** Requests to GitHub. */
  readonly requests: number;
  readonly writes: number;
}

export function describeError(error: LadingError): NonNullable<RotatedSecret['error']> {
  return { kind: error.kind, code: error.code, message: error.message, hint: error.hint };
}

/** From the worst on: what a person must mend before what may pass by itself. */
const severity = ['bug', 'credentials', 'input', 'remote', 'timeout'] as const;

/** The code of the worst failure; else 10 when a check found something stale. */
export function rotateExitCode(result: RotateResult): number {
  const kinds = new Set(
    result.secrets.flatMap(({ error, action }) => (error && action === 'failed' ? [error.kind] : [])),
  );
  const worst = severity.find((kind) => kinds.has(kind));
  if (worst) return exitCodes[worst];
  if (kinds.size > 0) return exitCodes.remote;
  const stale = result.secrets.some(({ action }) => action === 'stale' || action === 'missing');
  return result.mode === 'check' && (stale || result.schedule?.overdue) ? exitCodes.changes : 0;
}

/** One line per secret, for stdout. */
export function rotateText(result: RotateResult): string | undefined {
  const rows = result.secrets.map((entry) => [entry.action, entry.place, entry.secret, remark(entry)]);
  if (result.schedule) {
    const { workflow, lastRunAt, overdue, state } = result.schedule;
    rows.push([
      overdue ? 'overdue' : 'on time',
      workflow,
      'schedule',
      lastRunAt ? `last ran ${lastRunAt}` : (state ?? 'not found'),
    ]);
  }
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return lines.length === 0 ? undefined : lines.join('\n');
}

function remark({ error, movedFrom, expiresAt, ageSeconds }: RotatedSecret): string {
  const words = [
    ageSeconds === undefined ? undefined : `${formatDuration(Math.max(0, ageSeconds) * 1000)} old`,
    expiresAt && `expires ${expiresAt}`,
    movedFrom && `was ${movedFrom}`,
    error?.message,
  ];
  return words.filter(Boolean).join(', ');
}

const rowsShown = 100;

/** The table of the job summary: what failed first, then what changed. */
export function rotateSummary(result: RotateResult): string {
  const order = ['failed', 'stale', 'missing', 'skipped', 'created', 'updated', 'planned', 'done', 'fresh'];
  const sorted = [...result.secrets].sort((a, b) => order.indexOf(a.action) - order.indexOf(b.action));
  const rows = sorted.slice(0, rowsShown).map((entry) => {
    const cells = [entry.action, `\`${entry.place}\``, `\`${entry.secret}\``, remark(entry)];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('<', '&lt;')).join(' | ')} |`;
  });
  const more = sorted.length > rowsShown ? [``, `…and ${sorted.length - rowsShown} more.`] : [];
  return [
    `### Rotation: ${countText(result)}`,
    '',
    '| | Place | Secret | |',
    '|---|---|---|---|',
    ...rows,
    ...more,
    '',
    `${result.requests} requests to GitHub, ${result.writes} of them writes.`,
  ].join('\n');
}

/** As `398 updated, 1 skipped, 1 failed`. */
export function countText(result: RotateResult): string {
  const counts = new Map<string, number>();
  for (const { action } of result.secrets) counts.set(action, (counts.get(action) ?? 0) + 1);
  return [...counts].map(([action, count]) => `${count} ${action}`).join(', ') || 'nothing to do';
}
