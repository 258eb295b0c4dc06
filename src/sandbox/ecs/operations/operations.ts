import type { Operation, Setting } from '../../service.js';
import type { EcsState } from '../state/state.js';
import { accountSettingOperations } from './clusters/account-settings.js';
import { capacityProviderOperations } from './clusters/capacity-providers.js';
import { clusterOperations } from './clusters/clusters.js';
import { definitionOperations } from './definitions.js';
import { deploymentOperations } from './services/deployments.js';
import type { Pages } from './page.js';
import type { createRunTask } from './tasks/run-task.js';
import { serviceReads } from './services/reads.js';
import type { ServiceWorld } from './services/services.js';
import { serviceOperations } from './services/services.js';
import { tagOperations } from './tags.js';
import { taskProtectionOperations } from './tasks/protection.js';
import { taskOperations } from './tasks/tasks.js';

/** All that the emulated ECS answers to; the rest is an UnknownOperationException. */
export function createOperations(
  state: EcsState,
  setting: Setting,
  parts: ServiceWorld & { readonly pages: Pages; readonly run: ReturnType<typeof createRunTask> },
): Readonly<Record<string, Operation>> {
  const { pages, views, engine, run } = parts;
  return {
    ...clusterOperations(state, pages),
    ...capacityProviderOperations(state, pages),
    ...accountSettingOperations(state, setting, pages),
    ...definitionOperations(state, setting, pages),
    ...serviceOperations(state, parts),
    ...serviceReads(state, views, pages),
    ...deploymentOperations(state, { engine, views, pages }),
    ...taskOperations(state, { run, stop: (task, reason) => engine.stopTask(task, reason), views, pages }),
    ...taskProtectionOperations(state, setting),
    ...tagOperations(state),
  };
}
