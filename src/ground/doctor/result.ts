import { exitCodes } from '../../base/errors.js';
import { formatDuration } from '../../base/duration.js';
import type { Finding } from './finding.js';
import { placeText } from './finding.js';
import type { Prediction, RolloutPart } from './rollout/predict.js';

/** A finding as it is told. */
export interface ToldFinding extends Omit<Finding, 'mend'> {
  /** Of several services, the one that it is about. */
  readonly service?: string | undefined;
  /** What mends it: `--fix`, or `--set` with this name. */
  readonly mend?: 'fix' | { readonly set: string } | undefined;
}

export interface DoctorResult {
  readonly outcome: 'well' | 'wrong';
  readonly counts: Readonly<Record<Finding['state'], number>>;
  /** Worst first. */
  readonly findings: readonly ToldFinding[];
  readonly rollouts: readonly ToldRollout[];
  /** What was mended by this run, in words. */
  readonly mended: readonly string[];
  /** Files that would be mended, as a diff; undefined when nothing in files can be. */
  readonly diff?: string | undefined;
}

/** How long a rollout of one service takes. */
export interface ToldRollout {
  readonly service: string;
  /** Undefined when it cannot be told, or nothing gets through. */
  readonly prediction: Prediction | undefined;
  readonly why?: string | undefined;
}

export function doctorExitCode({ outcome }: DoctorResult): number {
  return outcome === 'wrong' ? exitCodes.changes : 0;
}

const words: Readonly<Record<Finding['state'], string>> = { ok: 'ok', wrong: 'wrong', unknown: 'unknown' };

/** For stdout: a line for each finding, its fix below it, and how long a rollout takes. */
export function doctorText(result: DoctorResult): string {
  const lines = result.findings.flatMap((finding) => findingLines(finding));
  const rollouts = result.rollouts.flatMap((one) => ['', ...rolloutLines(one)]);
  const mended = result.mended.length > 0 ? ['', ...result.mended.map((text) => `mended   ${text}`)] : [];
  const diff = result.diff === undefined ? [] : ['', result.diff];
  return [...lines, ...rollouts, ...mended, ...diff, '', countText(result)].join('\n');
}

function findingLines({ state, what, at, fix, service, mend }: ToldFinding): readonly string[] {
  const of = service === undefined ? '' : `${service}: `;
  const place = at ? `${placeText(at)}: ` : '';
  const by = mend === undefined ? '' : mend === 'fix' ? ' (lading doctor --fix)' : ` (lading doctor --set ${mend.set})`;
  return [
    `${words[state].padEnd(7)}  ${place}${of}${what}`,
    ...(fix === undefined ? [] : [`${' '.repeat(9)}→ ${fix}${by}`]),
  ];
}

/** `about 2m10s`, and what it is made of. */
export function rolloutLines({ service, prediction, why }: ToldRollout): readonly string[] {
  if (!prediction) return [`rollout  ${service}: cannot be foretold, ${why ?? 'no deployment gets through'}`];
  const { seconds, drainedSeconds, parts, drain } = prediction;
  const total = `about ${formatDuration(seconds * 1000)} and the time that the app needs to start`;
  return [
    `rollout  ${service}: ${total}; the last old task is gone after ${formatDuration(drainedSeconds * 1000)} at most`,
    ...[...parts, ...drain].flatMap(partLines),
  ];
}

function partLines(part: RolloutPart): readonly string[] {
  const { what, setting, better } = part;
  const by = setting === undefined ? '' : ` (${setting})`;
  return [
    `${secondsText(part).padStart(9)}  ${what}${by}`,
    ...(better ? [`${' '.repeat(11)}→ Set ${better.set}: saves ${formatDuration(better.saves * 1000)}.`] : []),
  ];
}

export function secondsText({ seconds, times }: RolloutPart): string {
  if (seconds === 0) return '';
  return times > 1 ? `${times} × ${seconds}s` : `${seconds}s`;
}

/** `2 wrong, 1 unknown, 17 ok` */
export function countText({ counts }: DoctorResult): string {
  return `${counts.wrong} wrong, ${counts.unknown} unknown, ${counts.ok} ok`;
}
