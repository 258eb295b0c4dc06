import { digestIn } from '../../src/ecs/definition/change.js';
import type { Outcome } from '../../src/ecs/rollout/verdict/result.js';
import type { CauseClass } from '../../src/ecs/task/cause.js';
import type { Told } from './deploy-at-another-ecs.js';
import type { CauseClass as TrueClass } from './ecs/rollouts/cause-class.js';
import { OUR_IMAGE } from './ecs/rollouts/definition.js';
import type { Outcome as TrueOutcome } from './ecs/rollouts/rollout.js';
import type { Truth } from './ecs/truth/truth.js';

/** What each outcome says of the truth. */
const CLAIMS: Readonly<Record<Outcome, TrueOutcome | 'open'>> = {
  steady: 'succeeded',
  unchanged: 'nothing',
  scaled: 'nothing',
  planned: 'nothing',
  'not-started': 'nothing',
  started: 'open',
  failed: 'failed',
  'rolled-back': 'failed',
  superseded: 'superseded',
  stopped: 'stopped',
  paused: 'paused',
  deleted: 'deleted',
  unproven: 'open',
  timeout: 'timed out',
  unknown: 'open',
};

/**
 * What is wrong with what was told, by the truth: green and not so, so and not green, another end than the true one, or
 * something stopped that ECS would have let pass. Empty when all of it is true.
 */
export function wrongsOf(told: Told, options: { readonly asksImage?: boolean } = {}): readonly string[] {
  const truth = told.ecs.truth();
  const wrongs: string[] = [];
  const { result, error } = told;
  const said = result?.outcome;
  const isRight = truth.outcome === 'succeeded' && (!options.asksImage || truth.digests.web === digestIn(OUR_IMAGE));
  const claim = said && CLAIMS[said];
  if (said === 'steady' && !isRight)
    wrongs.push(`green, and it is ${truth.outcome} of ${JSON.stringify(truth.digests)}`);
  if (said === 'unchanged' && truth.outcome !== 'nothing' && truth.outcome !== 'succeeded')
    wrongs.push(`unchanged, and it is ${truth.outcome}`);
  if (isRight && told.exitCode !== 0 && !isOpen(told))
    wrongs.push(`red (${said}, ${error?.message}), and it succeeded`);
  if (told.exitCode === 0 && said !== 'steady' && said !== 'unchanged' && said !== 'scaled')
    wrongs.push(`0 for ${said}`);
  if (
    claim &&
    claim !== 'open' &&
    claim !== 'nothing' &&
    truth.outcome !== 'nothing' &&
    claim !== truth.outcome &&
    !isStuck(told, truth) &&
    !isRace(told, truth) &&
    isRefuted(told) === false
  )
    wrongs.push(`${said}, and it is ${truth.outcome}`);
  if (said === 'rolled-back' && truth.rolledBack !== true) wrongs.push('rolled back, and it is not');
  const goingOn = result?.rolledBack === 'going-on';
  if (said === 'failed' && truth.rolledBack === true && !goingOn && !isRefuted(told))
    wrongs.push('not rolled back, and it is');
  return [...wrongs, ...stopWrongs(told)];
}

/** It may be told that nothing can be told, as without any record or with credentials that have run out. */
function isOpen({ result, error }: Told): boolean {
  const said = result?.outcome;
  return said === 'unproven' || said === 'unknown' || said === undefined || error?.code === 'WRONG_IMAGE';
}

/** Who asked ECS to go back cannot be seen without a record, nor who of two was first. */
function isRace(told: Told, truth: Truth): boolean {
  // What failed and was going back when the service was deleted has failed all the same.
  if (told.result?.outcome === 'failed' && truth.outcome === 'deleted') return truth.failedAt !== undefined;
  const isDenied = told.result?.unseen.some(({ allow }) => allow === 'ecs:DescribeServiceDeployments');
  const hidden = told.result?.deployment?.arn === undefined || isDenied === true;
  const asked = told.ecs.journal.some(({ operation, output }) => operation === 'StopServiceDeployment' && output);
  if (truth.outcome !== 'stopped') return false;
  return told.result?.outcome === 'rolled-back' ? asked || hidden : told.result?.outcome === 'failed' && hidden;
}

function isRefuted({ error }: Told): boolean {
  return error?.code === 'WRONG_IMAGE' || error?.code === 'WRONG_REVISION';
}

/** A failure that is certain and that nobody may stop goes on at ECS; telling it early is no lie. */
function isStuck(told: Told, truth: Truth): boolean {
  return (
    told.result?.outcome === 'failed' && truth.outcome === 'timed out' && told.result.cause?.certainty === 'certain'
  );
}

function stopWrongs({ ecs, result }: Told): readonly string[] {
  const stop = ecs.journal.find(({ operation, fault }) => operation === 'StopServiceDeployment' && !fault);
  if (!stop) return [];
  const truth = ecs.truth();
  const counted = truth.causes.filter(({ at }) => at <= stop.at).length;
  const threshold = truth.breaker?.threshold ?? 3;
  if (result?.cause?.certainty === 'certain') return [];
  return counted < threshold ? [`stopped after ${counted} failures, and ECS takes ${threshold}`] : [];
}

/** How the classes of the other author are called here. */
export const CLASSES: Readonly<Record<TrueClass, readonly CauseClass[]>> = {
  'image-not-found': ['image'],
  'image-forbidden': ['image'],
  'image-platform': ['image'],
  'registry-throttled': ['network'],
  'registry-unreachable': ['network'],
  'secret-forbidden': ['secrets'],
  'secret-not-found': ['secrets'],
  'secret-throttled': ['secrets'],
  'log-group-not-found': ['start'],
  volume: ['start'],
  'cannot-start': ['start'],
  exited: ['exit'],
  'out-of-memory': ['memory'],
  'container-health': ['health'],
  'target-health': ['health'],
  capacity: ['capacity'],
  quota: ['capacity'],
  'network-interface': ['network'],
  spot: ['platform'],
  host: ['platform'],
  'stopped-by-hand': ['platform'],
  alarm: ['alarm'],
  hook: ['hook'],
  'hook-timeout': ['hook'],
  configuration: ['start', 'unknown'],
  networking: ['hook', 'unknown', 'network'],
};
