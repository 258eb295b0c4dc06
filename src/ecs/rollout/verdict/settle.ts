import type { Place } from '../../api.js';
import { isTransient } from '../../../aws/failure.js';
import { LadingError } from '../../../base/errors.js';
import { say } from '../../../base/tell/report.js';
import { primaryOf } from '../../api.js';
import type { EcsContext } from '../run.js';

const TICK_MS = 5000;

/** After SUCCESSFUL. `stable`: as many tasks as desired, one deployment. `drained`: no task of another deployment left. */
export async function settle(
  { cluster, service: name, wait }: Place & { readonly wait: 'deployed' | 'stable' | 'drained' | 'none' },
  { ecs, clock, report, signal }: EcsContext,
  { id, deadline }: { readonly id: string; readonly deadline: number },
): Promise<void> {
  if (wait === 'deployed' || wait === 'none') return;
  for (;;) {
    try {
      if (await isSettled()) return;
    } catch (error) {
      if (!isTransient(error)) throw error;
    }
    const left = deadline - clock.now();
    if (left <= 0) {
      throw new LadingError('timeout', `the deployment succeeded, but the service is not ${wait} in time`, {
        code: 'TIMEOUT',
        hint: 'Wait longer with --timeout; old tasks may take minutes to drain.',
      });
    }
    await clock.sleep(Math.min(TICK_MS, left), signal);
  }

  async function isSettled(): Promise<boolean> {
    const service = await ecs.findService(cluster, name);
    const primary = service && primaryOf(service);
    if (!service || !primary) return false;
    if (
      primary.id !== id &&
      (service.deployments.find((one) => one.id === id)?.createdAt ?? 0) < (primary.createdAt ?? 0)
    ) {
      say(report, 'info', 'Another deployment has begun since: ours went well, and the service is not waited for.');
      return true;
    }
    if (service.deployments.length !== 1 || service.runningCount !== service.desiredCount) return false;
    if (wait === 'stable') return true;
    const running = await ecs.describeTasks(cluster, await ecs.listTasks(cluster, name, 'RUNNING'));
    return running.every((task) => task.startedBy === id);
  }
}
