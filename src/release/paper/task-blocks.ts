import { lastName } from '../../aws/arn.js';
import { formatDuration } from '../../base/duration.js';
import type { Block, Facts, Page, Table } from '../../base/tell/page.js';
import { revisionOf } from '../../ecs/definition/read.js';
import type { RanTask } from '../../ecs/task/run/result.js';
import { causeText } from '../../ecs/task/cause.js';
import type { TaskResult } from '../roll-out.js';

const WELL: ReadonlySet<string> = new Set(['passed', 'unchanged', 'started', 'planned', 'skipped']);

/** Tasks that did not end well. */
export function failedTasks(tasks: readonly TaskResult[]): readonly TaskResult[] {
  return tasks.filter(({ outcome }) => !WELL.has(outcome));
}

/** Tasks that ran once, as a page. */
export function runPage({ outcome, tasks }: { readonly outcome: string; readonly tasks: readonly TaskResult[] }): Page {
  return { title: `Run: ${outcome}`, blocks: taskBlocks(tasks) };
}

export function taskBlocks(tasks: readonly TaskResult[]): readonly Block[] {
  return [
    ...(tasks.length === 0 ? [] : [taskTable(tasks)]),
    ...failedTasks(tasks).flatMap((task): Block[] => [
      lastTaskBlock(task),
      ...containerTables(task),
      ...(task.cause && task.cause.logs.length > 0
        ? [
            {
              type: 'log' as const,
              title: 'Last lines',
              source: task.cause.container ?? task.container ?? task.name,
              lines: task.cause.logs,
            },
          ]
        : []),
    ]),
    ...tasks.flatMap(({ name, unseen = [] }) =>
      unseen.map(({ what, lost, allow }): Block => ({
        type: 'note',
        level: 'warning',
        text: `${name}: ${what}: ${lost}${allow === undefined ? '' : `; allow ${allow}`}`,
      })),
    ),
  ];
}

export function taskTable(tasks: readonly TaskResult[]): Block {
  return {
    type: 'table',
    columns: [
      { name: 'Task' },
      { name: 'Outcome' },
      { name: 'Exit code', align: 'right' },
      { name: 'Revision' },
      { name: 'Time', align: 'right' },
    ],
    rows: tasks.map(({ name, cluster, outcome, exitCode, taskDefinition, registered, ms }) => [
      `${lastName(cluster)}/${name}`,
      outcome,
      exitCode === undefined ? '' : String(exitCode),
      taskDefinition === undefined ? '' : `${revisionOf(taskDefinition)}${registered ? ' (new)' : ''}`,
      ms === undefined ? '' : formatDuration(ms),
    ]),
  };
}

/** What is to be read of a task that did not end well. */
export function lastTaskBlock(task: TaskResult): Facts {
  const { cause, next, failures = [], error } = task;
  const shown = shownTask(task);
  return {
    type: 'facts',
    title: `${task.name}: ${task.outcome}`,
    rows: [
      { name: 'Exit code', value: task.exitCode === undefined ? undefined : String(task.exitCode) },
      { name: 'Cause', value: cause ? causeText(cause) : error?.message },
      { name: 'Not placed', value: failures.join(', ') || undefined },
      { name: 'Task', value: shown && { code: lastName(shown.arn) } },
      { name: 'Where', value: [cause?.availabilityZone, cause?.subnet].filter(Boolean).join(', ') || undefined },
      { name: 'Console', value: shown?.url === undefined ? undefined : { text: shown.url, href: shown.url } },
      { name: 'Next', value: next === undefined ? undefined : { code: next } },
    ],
  };
}

/** The one that the cause is of. */
function shownTask({ tasks = [], cause }: TaskResult): RanTask | undefined {
  return tasks.find(({ arn }) => arn === cause?.taskArn) ?? tasks[0];
}

/** How each container ended, where there are several. */
function containerTables({ tasks = [] }: TaskResult): readonly Table[] {
  return tasks
    .filter(({ containers }) => containers.length > 1)
    .map(({ arn, containers }) => ({
      type: 'table',
      title: `Containers of ${lastName(arn)}`,
      columns: [
        { name: 'Container' },
        { name: 'Exit code', align: 'right' },
        { name: 'Essential' },
        { name: 'Reason' },
      ],
      rows: containers.map(({ name, exitCode, essential, reason }) => [
        name,
        exitCode === undefined ? '' : String(exitCode),
        essential ? 'yes' : 'no',
        reason ?? '',
      ]),
    }));
}
