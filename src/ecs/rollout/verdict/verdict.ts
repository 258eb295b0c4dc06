import type { ErrorKind } from '../../../base/errors.js';
import { revisionOf } from '../../definition/read.js';
import type { KnownCause } from '../../task/cause.js';
import { causeText } from '../../task/cause.js';
import type { DeployResult, Outcome } from './result.js';
import type { Back, End } from '../watch/state.js';

/** A deployment that did not end well, in words. */
export interface Verdict {
  readonly outcome: Outcome;
  readonly kind: ErrorKind;
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
  readonly rolledBack?: Back;
  readonly next?: string;
}

export interface Circumstances {
  readonly cluster: string;
  readonly service: string;
  readonly cause: KnownCause | undefined;
  readonly deploymentArn: string | undefined;
  readonly winner: DeployResult['winner'];
  readonly unseen: DeployResult['unseen'];
}

/** What to do where no cause was seen. */
function hintFor(reason: string, unseen: DeployResult['unseen']): string {
  if (/networking configuration|listener ?rule|target ?group/i.test(reason))
    return 'Check that both target groups stand in the production and test listener rules of the service.';
  const hidden = unseen.flatMap(({ allow }) => allow ?? []).filter((action) => /Tasks/.test(action));
  if (hidden.length > 0) return `Allow ${hidden.join(' and ')} to this role: then the cause is told.`;
  return 'Look at the events of the service and at its stopped tasks with `lading status`.';
}

type BadEnd = Exclude<End, { is: 'succeeded' | 'scaled' }>;

/** Each ending in words of its own. Pure. */
export function explainEnd(end: BadEnd, about: Circumstances): Verdict {
  const { cause } = about;
  const at = `--cluster ${about.cluster} --service ${about.service}`;
  const why = cause && causeText(cause);
  const task = cause?.taskArn?.slice(cause.taskArn.lastIndexOf('/') + 1);
  const logs = task ? `lading logs ${at} --task ${task}` : `lading status ${at}`;
  const hint = cause?.hint ?? hintFor('reason' in end ? end.reason : '', about.unseen);
  const failed = { kind: 'deploy-failed', code: 'DEPLOY_FAILED', hint } as const;
  switch (end.is) {
    case 'failed': {
      const words = why ?? (end.reason || 'ECS gives no reason');
      if (end.back === 'done')
        return {
          ...failed,
          outcome: 'rolled-back',
          rolledBack: 'done',
          next: logs,
          message: `the deployment failed and was rolled back: ${words}`,
        };
      if (end.back === 'failed') {
        const reason = end.reason && why ? ` (${end.reason})` : '';
        const message = `the deployment failed, and so did its rollback${reason}: ${words}`;
        return {
          ...failed,
          outcome: 'failed',
          code: 'ROLLBACK_FAILED',
          rolledBack: 'failed',
          next: `lading status ${at}`,
          message,
        };
      }
      if (end.back === 'going-on')
        return {
          ...failed,
          outcome: 'failed',
          code: 'ROLLBACK_OPEN',
          rolledBack: 'going-on',
          next: `lading status ${at}`,
          message: `the deployment failed, and its rollback is not done in time: ${words}`,
        };
      const message = `the deployment failed and was not rolled back: ${words}`;
      return { ...failed, outcome: 'failed', rolledBack: 'none', next: `lading rollback ${at}`, message };
    }
    case 'stuck': {
      const because = {
        'no-source': 'there is nothing to go back to',
        refused: 'ECS refused to go back',
        denied: 'this role may not ask ECS to go back (ecs:StopServiceDeployment)',
      }[end.why];
      const message = `the deployment fails, and ${because}: ${why ?? 'no task of it comes up'}`;
      return { ...failed, outcome: 'failed', rolledBack: 'none', next: logs, message };
    }
    case 'superseded': {
      const { winner } = about;
      const named = winner
        ? `: ${winner.taskDefinition ? revisionOf(winner.taskDefinition) : winner.deploymentArn} took its place`
        : '';
      return {
        outcome: 'superseded',
        kind: 'superseded',
        code: 'SUPERSEDED',
        message: `a newer deployment replaced this one${named}`,
        hint: 'Nothing is wrong with the image; see `concurrency:` of the workflow if this comes often.',
        next: `lading status ${at}`,
      };
    }
    case 'stopped': {
      const back = {
        done: 'somebody stopped the deployment, and it was rolled back',
        failed: 'somebody stopped the deployment, and its rollback failed',
        none: 'somebody stopped the deployment',
        'going-on': 'somebody stopped the deployment, and its rollback is not done in time',
      }[end.back];
      const words = [end.reason, why].filter(Boolean).join('; ');
      const hint = 'Ask who called StopServiceDeployment: CloudTrail names them.';
      const message = `${back}${words ? `: ${words}` : ''}`;
      return {
        outcome: 'stopped',
        kind: 'deploy-failed',
        code: 'STOPPED',
        hint,
        rolledBack: end.back,
        next: `lading status ${at}`,
        message,
      };
    }
    case 'deleted':
      return {
        outcome: 'deleted',
        kind: 'deploy-failed',
        code: 'SERVICE_DELETED',
        message: `the service ${about.service} was deleted while it was deployed`,
        hint: 'Create it again when it is INACTIVE, and deploy once more.',
      };
    case 'paused': {
      const { id, expiresAt, timeoutAction } = end.hook;
      const until = expiresAt
        ? ` until ${new Date(expiresAt * 1000).toISOString()}, then ${timeoutAction ?? 'ROLLBACK'}`
        : '';
      const next = `aws ecs continue-service-deployment --service-deployment-arn ${about.deploymentArn ?? 'ARN'} --hook-id ${id || 'ID'}`;
      const hint = `Go on with: ${next}`;
      return {
        outcome: 'paused',
        kind: 'paused',
        code: 'PAUSED',
        message: `the deployment waits at the hook ${id}${until}`,
        hint,
        next,
      };
    }
    case 'unproven':
      return {
        outcome: 'unproven',
        kind: 'timeout',
        code: 'UNPROVEN',
        message: end.deleted
          ? `ECS said that the deployment is COMPLETED, and then the service ${about.service} was deleted before that was proven`
          : 'ECS says that the deployment is COMPLETED, but keeps no record of it that proves what runs',
        hint: end.deleted
          ? 'Create it again when it is INACTIVE, and deploy once more.'
          : 'Look with `lading status`; the same command again looks once more.',
        next: `lading status ${at}`,
      };
    case 'timeout':
      return {
        outcome: 'timeout',
        kind: 'timeout',
        code: 'TIMEOUT',
        message: `the deployment is not done in time${why ? `; ${why}` : ''}`,
        hint: 'ECS goes on: the same command again follows it; or go back with `lading rollback`, or give it more with --timeout.',
        next: `lading status ${at}`,
      };
  }
}
