import type { Operation } from '../service.js';
import { AwsFault } from '../service.js';
import { renderTask } from './render-task.js';
import type { createRunTask } from './run-task.js';
import type { EcsState, SandboxTask } from './state.js';
import { findService, findTask, lastPart, requireCluster } from './state.js';
import { desiredStatus } from './tasks.js';

/** Tasks of services and those of RunTask. */
export function taskOperations(
  state: EcsState,
  run: ReturnType<typeof createRunTask>,
  stop: (task: SandboxTask, reason: string) => void,
): Record<string, Operation> {
  return {
    RunTask(input) {
      const result = run(input);
      if ('failure' in result)
        return {
          tasks: [],
          failures: [{ arn: state.arn('container-instance/default/sandbox'), reason: result.failure }],
        };
      return { tasks: result.map((task) => renderTask(state, task)), failures: [] };
    },
    StopTask(input) {
      const cluster = requireCluster(state, input.cluster);
      const task = findTask(state, cluster, input.task);
      if (!task) throw new AwsFault('InvalidParameterException', 'The referenced task was not found.');
      const reason = String((input.reason as string | undefined) ?? 'Task stopped by user');
      if (desiredStatus(task) !== 'STOPPED') stop(task, reason);
      return { task: renderTask(state, task) };
    },
    ListTasks(input) {
      const cluster = requireCluster(state, input.cluster);
      if (input.serviceName !== undefined && !findService(state, cluster, input.serviceName))
        throw new AwsFault('ServiceNotFoundException', 'Service not found.');
      const { serviceName, startedBy, family, desiredStatus: wanted = 'RUNNING' } = input as Record<string, string>;
      const all = [...state.tasks.values()].filter(
        (task) =>
          task.cluster === cluster &&
          (serviceName === undefined || task.service === lastPart(serviceName)) &&
          (startedBy === undefined || task.startedBy === startedBy) &&
          (family === undefined || lastPart(task.taskDefinition).startsWith(`${family}:`)) &&
          desiredStatus(task) === wanted,
      );
      const from = Number(input.nextToken ?? 0);
      const page = all.slice(from, from + Number(input.maxResults ?? 100));
      const next = from + page.length;
      return { taskArns: page.map((task) => task.arn), ...(next < all.length && { nextToken: String(next) }) };
    },
    DescribeTasks(input) {
      const arns = (input.tasks as string[] | undefined) ?? [];
      if (arns.length > 100)
        throw new AwsFault('InvalidParameterException', 'Tasks cannot have more than 100 elements.');
      const cluster = requireCluster(state, input.cluster);
      const withTags = ((input.include as string[] | undefined) ?? []).includes('TAGS');
      return {
        tasks: arns.flatMap((arn) => {
          const task = findTask(state, cluster, arn);
          if (!task) return [];
          return [{ ...renderTask(state, task), ...(withTags && { tags: state.tags.get(task.arn) ?? [] }) }];
        }),
        failures: arns.filter((arn) => !findTask(state, cluster, arn)).map((arn) => ({ arn, reason: 'MISSING' })),
      };
    },
  };
}
