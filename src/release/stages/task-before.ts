import type { InputIssue } from '../../base/errors.js';
import { InputError } from '../../base/errors.js';
import type { Origins } from '../../base/declare/origin.js';
import type { ContainerVariable } from '../../ecs/definition/change.js';
import type { LaunchRequest } from '../../ecs/task/run/launch.js';
import type { Release } from '../release.js';
import type { Orders } from '../roll-out.js';
import type { TaskOrder } from './task.js';

export interface TaskBefore {
  readonly launch: LaunchRequest;
  readonly container: string | undefined;
  readonly command: readonly string[];
  readonly env: readonly ContainerVariable[];
  /** Follow it to its end. */
  readonly wait: boolean;
}

/** The same orders with a task that runs once, before the only service, with the definition that this is to get. */
export function withTaskBefore(
  orders: Orders,
  { services }: Pick<Release, 'services'>,
  { before, origins }: { readonly before: TaskBefore; readonly origins: Origins },
): Orders {
  const [like, ...more] = services;
  const [service] = orders.services;
  if (!like || !service || more.length > 0) {
    const issue: InputIssue = {
      where: origins.where('run-task'),
      message: `is for one service, and there are ${services.map(({ name }) => name).join(', ') || 'none'}`,
      hint: 'Choose one with --only, or write the task under `tasks` of lading.yml.',
    };
    throw new InputError(issue);
  }
  const { name, cluster, region, images, env, timeoutMs, commit, taskDefinition } = service;
  const task: TaskOrder = {
    ...before,
    name,
    cluster,
    region,
    images,
    like,
    definition: { file: taskDefinition, env },
    before: [name],
    after: [],
    when: 'always',
    onCancel: 'leave',
    timeoutMs,
    count: 1,
    clientToken: undefined,
    commit,
    where: (field) => origins.where(field === undefined ? 'run-task' : 'run-task-overrides'),
  };
  return { ...orders, tasks: [...orders.tasks, task] };
}
