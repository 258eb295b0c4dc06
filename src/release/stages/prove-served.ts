import type { Context } from '../../base/context.js';
import { LadingError, messageOf } from '../../base/errors.js';
import { say } from '../../base/tell/report.js';
import { revisionOf } from '../../ecs/definition/read.js';
import type { RollbackResult } from '../../ecs/rollout/rollback.js';
import type { EcsContext } from '../../ecs/rollout/run.js';
import type { ServiceOrder, ServiceResult } from './service-order.js';

/** What became of the service when its address did not answer as it should. */
interface Turned {
  readonly outcome: 'failed' | 'rolled-back';
  readonly rolledBack: 'done' | 'failed' | 'none';
  /** Continues the failure. */
  readonly message: string;
  readonly hint: string;
}

/**
 * A service is steady only when its address answers as it should; what runs already must, too. When it does not, and
 * `smoke` says so, what this release deployed is taken back. The failure is thrown with the result of the service.
 */
export async function proveServed(
  order: ServiceOrder,
  result: ServiceResult,
  { ecs, context }: { readonly ecs: EcsContext; readonly context: Context },
): Promise<ServiceResult> {
  const { smoke, cluster, service } = order;
  if (smoke === undefined || result.outcome === 'planned') return result;
  if (result.outcome === 'started') {
    say(context.report, 'info', `${smoke.url} is not asked: nobody waits for the deployment.`);
    return result;
  }
  const { askUntilServed, SMOKE_FAILED } = await import('./smoke.js');
  try {
    return { ...result, served: await askUntilServed(smoke, context) };
  } catch (error) {
    if (!(error instanceof LadingError)) throw error;
    if (error.code !== SMOKE_FAILED) throw tell(error, { ...result, outcome: 'unknown' }, { hint: error.hint ?? '' });
    const next = `lading rollback --cluster ${cluster} --service ${service}`;
    const turned = await turnBack(order, result, { ecs, next });
    const { readServes } = await import('../../ecs/rollout/verdict/serves.js');
    const serves = await readServes(ecs.ecs, { cluster, service });
    const { outcome, rolledBack, message, hint } = turned;
    const shown = { outcome, rolledBack, ...(serves && { serves }), ...(rolledBack !== 'done' && { next }) };
    throw tell(error, { ...result, ...shown }, { message, hint: `${error.hint ?? ''} ${hint}`.trim() });
  }
}

async function turnBack(
  { smoke, cluster, service, timeoutMs }: ServiceOrder,
  result: ServiceResult,
  { ecs, next }: { readonly ecs: EcsContext; readonly next: string },
): Promise<Turned> {
  const stands = { outcome: 'failed', rolledBack: 'none', message: '' } as const;
  if (result.outcome !== 'steady') return { ...stands, hint: 'This run deployed no new revision.' };
  if (smoke?.onFailure !== 'rollback') return { ...stands, hint: `The deployment stands: go back with \`${next}\`.` };
  const { rollBack } = await import('../../ecs/rollout/rollback.js');
  try {
    const back = await rollBack({ cluster, service, timeoutMs, dryRun: false }, ecs);
    return wentBack(back, next);
  } catch (error) {
    if (!(error instanceof LadingError)) throw error;
    const message = `; going back failed, too: ${messageOf(error)}`;
    const hint = `${error.hint ?? ''} Then go back with \`${next}\`.`.trim();
    return { outcome: 'failed', rolledBack: 'failed', message, hint };
  }
}

function wentBack({ to, deployment }: RollbackResult, next: string): Turned {
  const revision = revisionOf(to);
  const isBack = deployment === undefined || deployment.outcome === 'steady' || deployment.outcome === 'unchanged';
  if (isBack) {
    const message = `; the service went back to ${revision}`;
    return { outcome: 'rolled-back', rolledBack: 'done', message, hint: `${revision} serves again.` };
  }
  const message = `; going back to ${revision} came to ${deployment.outcome}`;
  return { outcome: 'failed', rolledBack: 'failed', message, hint: `Go back with \`${next}\`.` };
}

function tell(
  error: LadingError,
  result: ServiceResult,
  { message = '', hint }: { readonly message?: string; readonly hint: string },
): LadingError {
  const { kind, code, details } = error;
  return new LadingError(kind, `${error.message}${message}`, {
    code,
    hint: hint === '' ? undefined : hint,
    details,
    cause: error,
    result,
  });
}
