import { renderService } from '../render/service.js';
import type { Revision, Rollout, SandboxService, SandboxTask } from '../state/records.js';
import type { EcsState } from '../state/state.js';
import { desiredStatus } from '../state/tasks.js';
import type { Lags } from './lags.js';

/** What reads know now of what has been written. */
export interface Views {
  /** As a write answers: only the current deployment may be the former one. */
  written(service: SandboxService): Record<string, unknown>;
  /** As DescribeServices answers; undefined when it does not know the service yet. */
  service(service: SandboxService, withTags: boolean): Record<string, unknown> | undefined;
  /** To be called before a write: reads go on showing what was. `created` is nothing at all. */
  beforeWrite(service: SandboxService, created?: 'created'): void;
  isListed(rollout: Rollout): boolean;
  isDescribed(rollout: Rollout): boolean;
  knows(revision: Revision): boolean;
  knowsTask(task: SandboxTask): boolean;
  /** RUNNING or STOPPED, or undefined while lists do not know the task. */
  listedStatus(task: SandboxTask): string | undefined;
  order: Lags['order'];
}

export function createViews(state: EcsState, now: () => number, lags: Lags): Views {
  const fresh = (service: SandboxService, withTags: boolean) =>
    renderService(state, service, { current: currentOf(service), withTags });

  function currentOf({ rollouts }: SandboxService): string | undefined {
    const known = rollouts.find((rollout) => now() >= rollout.createdAt + lags.current(rollout.arn));
    return known?.arn;
  }

  return {
    written: (service) => fresh(service, true),
    service(service, withTags) {
      const { stale } = service;
      return stale && now() < stale.until ? stale.view : fresh(service, withTags);
    },
    beforeWrite(service, created) {
      const lag = lags.service(service.arn, now());
      if (lag === 0) return;
      const view = created ? undefined : (this.service(service, true) ?? fresh(service, true));
      service.stale = { view, until: now() + lag };
    },
    isListed: (rollout) => !rollout.forgotten && now() >= rollout.createdAt + lags.deployment(rollout.arn).listed,
    isDescribed: (rollout) => !rollout.forgotten && now() >= rollout.createdAt + lags.deployment(rollout.arn).described,
    knows: (revision) => now() >= revision.createdAt + lags.revision(revision.arn),
    knowsTask: (task) => now() >= task.createdAt + lags.task(task.arn).described,
    listedStatus(task) {
      const { listed } = lags.task(task.arn);
      if (now() < task.createdAt + listed) return undefined;
      return task.stoppingAt !== undefined && now() < task.stoppingAt + listed ? 'RUNNING' : desiredStatus(task);
    },
    order: lags.order,
  };
}
