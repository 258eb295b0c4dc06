import { lastName } from '../../aws/arn.js';
import { formatBytes } from '../../base/bytes.js';
import { formatDuration } from '../../base/duration.js';
import type { Block, Facts, Page, Text } from '../../base/tell/page.js';
import { revisionOf } from '../../ecs/definition/read.js';
import type { Serves } from '../../ecs/rollout/verdict/serves.js';
import { causeText } from '../../ecs/task/cause.js';
import type { Bill, BillImage } from './bill.js';
import type { RollOutResult, ServiceResult } from '../roll-out.js';
import { failedTasks, lastTaskBlock, taskBlocks, taskTable } from './task-blocks.js';
import { timesText } from './times.js';

/** Ends that need nobody. */
const WELL: ReadonlySet<string> = new Set(['steady', 'unchanged', 'scaled', 'started', 'planned']);

/** A release as a page: how it ended, what was loaded, where it went, and where the minutes went. */
export function billPage(bill: Bill): Page {
  return {
    title: `Release: ${bill.outcome}`,
    blocks: [
      {
        type: 'facts',
        rows: [
          {
            name: 'Commit',
            value: bill.commit && { code: `${bill.commit.sha.slice(0, 12)}${bill.commit.dirty ? ' and changes' : ''}` },
          },
          { name: 'Time', value: timesText(bill.times) },
        ],
      },
      ...bill.images.map(imageFacts),
      ...taskBlocks(bill.tasks),
      ...serviceBlocks(bill.services),
    ],
  };
}

/** A roll-out without images of its own. */
export function rollOutPage({ outcome, tasks, services }: RollOutResult): Page {
  return { title: `Deployment: ${outcome}`, blocks: [...taskBlocks(tasks), ...serviceBlocks(services)] };
}

/** What is to be read when a release did not end well: what serves now, why, where, and what to do next. */
export function failurePage({ tasks, services }: Pick<RollOutResult, 'tasks' | 'services'>): Page | undefined {
  const bad = failedTasks(tasks);
  const failed = services.filter(({ outcome }) => !WELL.has(outcome) && outcome !== 'skipped');
  if (failed.length + bad.length === 0) return undefined;
  const blocks = [
    ...bad.map(lastTaskBlock),
    ...failed.map(lastBlock),
    ...(tasks.length > 0 && services.length > 0 ? [taskTable(tasks)] : []),
    ...(services.length > 1 || bad.length > 0 ? [serviceTable(services)] : []),
  ];
  return { title: '', blocks };
}

function serviceBlocks(services: readonly ServiceResult[]): readonly Block[] {
  const failed = services.filter(({ outcome }) => !WELL.has(outcome) && outcome !== 'skipped');
  return [
    ...(services.length === 0 ? [] : [serviceTable(services)]),
    ...failed.flatMap((service): Block[] => [
      lastBlock(service),
      ...(service.cause && service.cause.logs.length > 0
        ? [
            {
              type: 'log' as const,
              title: 'Last lines',
              source: service.cause.container ?? service.name,
              lines: service.cause.logs,
            },
          ]
        : []),
    ]),
    ...services.flatMap(({ name, unseen = [] }) =>
      unseen.map(({ what, lost, allow }): Block => ({
        type: 'note',
        level: 'warning',
        text: `${name}: ${what}: ${lost}${allow === undefined ? '' : `; allow ${allow}`}`,
      })),
    ),
  ];
}

function serviceTable(services: readonly ServiceResult[]): Block {
  const asked = services.some(({ served }) => served !== undefined);
  return {
    type: 'table',
    columns: [
      { name: 'Service' },
      { name: 'Outcome' },
      { name: 'Revision' },
      ...(asked ? [{ name: 'Served' }] : []),
      { name: 'Time', align: 'right' },
    ],
    rows: services.map(({ name, cluster, outcome, taskDefinition, registered, served, ms }) => [
      `${lastName(cluster)}/${name}`,
      outcome,
      taskDefinition === undefined ? '' : `${revisionOf(taskDefinition)}${registered ? ' (new)' : ''}`,
      ...(asked ? [served === undefined ? '' : servedText(served)] : []),
      ms === undefined ? '' : formatDuration(ms),
    ]),
  };
}

function servedText({ url, status, ms }: NonNullable<ServiceResult['served']>): Text {
  return [`${status} in ${formatDuration(ms)}, `, { text: url, href: url }];
}

function lastBlock(service: ServiceResult): Facts {
  const { cause, serves, deployment, rolledBack, next, winner, error } = service;
  const back = { done: 'yes', failed: 'it failed', none: 'no', 'going-on': 'not done yet' };
  const task = cause?.taskArn && lastName(cause.taskArn);
  return {
    type: 'facts',
    title: `${service.name}: ${service.outcome}`,
    rows: [
      { name: 'Serves now', value: serves && servesText(serves) },
      { name: 'Commit', value: serves?.commit && { code: serves.commit.slice(0, 12) } },
      { name: 'Rolled back', value: rolledBack && back[rolledBack] },
      {
        name: 'Replaced by',
        value: winner && (winner.taskDefinition ? revisionOf(winner.taskDefinition) : winner.deploymentArn),
      },
      { name: 'Cause', value: cause && causeText(cause) },
      { name: 'Address', value: error?.code === 'SMOKE_FAILED' ? error.message : undefined },
      { name: 'Task', value: task && { code: task } },
      { name: 'Where', value: [cause?.availabilityZone, cause?.subnet].filter(Boolean).join(', ') || undefined },
      { name: 'Deployment', value: deployment && `${deployment.id} ${deployment.status ?? ''}`.trim() },
      { name: 'Console', value: deployment?.url && { text: deployment.url, href: deployment.url } },
      { name: 'Next', value: next === undefined ? undefined : { code: next } },
    ],
  };
}

function servesText({ taskDefinition, images, running, desired }: Serves): Text {
  const [first] = images;
  const digest = first?.digest?.slice(0, 19);
  return [
    `${revisionOf(taskDefinition)}, ${running} of ${desired} running`,
    ...(digest === undefined ? [] : [', ', { code: digest }]),
  ];
}

function imageFacts(image: BillImage): Block {
  const moved = image.layers.filter(({ reused }) => !reused);
  const which = moved.map(({ kind, size }) => `${kind} ${formatBytes(size)}`).join(', ');
  return {
    type: 'facts',
    title: `Image ${image.name}`,
    rows: [
      { name: 'Image', value: { code: image.reference } },
      { name: 'Tags', value: image.tags.join(', ') || undefined },
      { name: 'Layers', value: `${moved.length} of ${image.layers.length} moved${which === '' ? '' : ` (${which})`}` },
      { name: 'Sent', value: `${formatBytes(image.bytesUploaded)} in ${image.requests} requests` },
    ],
  };
}
