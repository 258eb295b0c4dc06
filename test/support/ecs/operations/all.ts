import { clusters } from './clusters.js';
import { logs } from './log-events.js';
import { serviceDeployments } from './service-deployments.js';
import { serviceRevisions } from './service-revisions.js';
import { services } from './services.js';
import { taskDefinitions } from './task-definitions.js';
import { tasks } from './tasks.js';
import type { Operation } from './operation.js';

/** By service as it is named in URLs and policies. */
export const operations: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
  ecs: { ...clusters, ...serviceDeployments, ...serviceRevisions, ...services, ...taskDefinitions, ...tasks },
  logs,
};
