import type { Operation } from '../../../service.js';
import type { Views } from '../../consistency/views.js';
import { renderTask } from '../../render/task.js';
import { findService, findTask, requireCluster } from '../../state/find.js';
import type { SandboxTask } from '../../state/records.js';
import type { EcsState } from '../../state/state.js';
import { lastPart, listOf } from '../../state/state.js';
import { desiredStatus } from '../../state/tasks.js';
import { AwsFault } from '../../../service.js';
import type { Pages } from '../page.js';
import type { createRunTask } from './run-task.js';
import { invalid } from '../invalid.js';

const PAGE = { most: 100, usual: 100 };

/** Tasks of services and those of RunTask. */
export function taskOperations(
  state: EcsState,
  setting: {
    readonly run: ReturnType<typeof createRunTask>;
    readonly stop: (task: SandboxTask, reason: string) => void;
    readonly views: Views;
    readonly pages: Pages;
  },
): Record<string, Operation> {
  const { run, stop, views, pages } = setting;

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
      checkIdentifier(cluster, input.task);
      const task = findTask(state, cluster, input.task);
      if (!task) throw invalid('The referenced task was not found.');
      const reason = String((input.reason as string | undefined) ?? 'Task stopped by user');
      if (desiredStatus(task) !== 'STOPPED') stop(task, reason);
      return { task: renderTask(state, task) };
    },
    ListTasks(input) {
      const cluster = requireCluster(state, input.cluster);
      const {
        serviceName,
        startedBy,
        family,
        desiredStatus: wanted = 'RUNNING',
        launchType,
      } = input as Record<string, string>;
      if (serviceName !== undefined && !findService(state, cluster, serviceName))
        throw new AwsFault('ServiceNotFoundException', 'Service not found.');
      if (startedBy !== undefined && (serviceName !== undefined || family !== undefined))
        throw invalid('Cannot specify startedBy together with serviceName or family.');
      const own = [...state.tasks.values()].filter(
        (task) =>
          task.cluster === cluster &&
          (serviceName === undefined || task.service === lastPart(serviceName)) &&
          (startedBy === undefined || task.startedBy === startedBy) &&
          (family === undefined || lastPart(task.taskDefinition).startsWith(`${family}:`)) &&
          views.listedStatus(task) === wanted &&
          (launchType === undefined || renderTask(state, task).launchType === launchType),
      );
      const { page, more } = pages.cut(
        views.order(own, (task) => task.arn),
        input,
        PAGE,
      );
      return { taskArns: page.map((task) => task.arn), ...more };
    },
    DescribeTasks(input) {
      const cluster = requireCluster(state, input.cluster);
      const names = listOf(input.tasks).map(String);
      if (names.length === 0) throw invalid('Tasks cannot be empty.');
      if (names.length > 100) throw invalid('Tasks cannot have more than 100 elements.');
      for (const name of names) checkIdentifier(cluster, name);
      const withTags = listOf(input.include).includes('TAGS');
      const tasks: unknown[] = [];
      const failures: unknown[] = [];
      for (const name of names) {
        const task = findTask(state, cluster, name);
        if (task && views.knowsTask(task))
          tasks.push({ ...renderTask(state, task), ...(withTags && { tags: state.tags.get(task.arn) ?? [] }) });
        else failures.push({ arn: state.arn(`task/${cluster}/${lastPart(name)}`), reason: 'MISSING' });
      }
      return { tasks, failures };
    },
  };
}

/** An ARN names its cluster. */
function checkIdentifier(cluster: string, text: unknown): void {
  const own = /^arn:.*:task\/([^/]+)\//.exec(String(text))?.[1];
  if (own !== undefined && own !== cluster)
    throw invalid(`Identifier is for cluster ${own}. Your cluster is ${cluster}`);
}
