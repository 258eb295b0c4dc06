import { EcsFault, invalid } from '../engine/fault.js';
import { compact, needText, number, record, records, text, texts } from '../engine/fields.js';
import { containersOf, findDefinition } from '../engine/definitions.js';
import { reconcile } from '../engine/deployment/scheduler.js';
import { startTask, stopTask } from '../engine/tasks.js';
import { needCluster, needService, needUsableDefinition } from './lookup.js';
import { pageOf } from './page.js';
import { showTask } from './show-task.js';
import { randomOf } from '../random.js';
import type { Behaviour } from '../rollouts/rollout.js';
import type { Json, Task, World } from '../engine/state.js';
import type { Operation } from './operation.js';

/** For so long a stopped task is still told of. */
const REMEMBERED = 3_600_000;
const DAY = 86_400_000;

export const tasks: Readonly<Record<string, Operation>> = {
  ListTasks: {
    changes: false,
    answer(world, input, paging) {
      const found = listed(world, input);
      const page = pageOf(found, (task) => task.arn, input, paging);
      return compact({ taskArns: page.items.map((task) => task.arn), nextToken: page.nextToken });
    },
  },
  DescribeTasks: {
    changes: false,
    answer(world, input) {
      needCluster(world, input);
      const given = texts(input, 'tasks');
      if (given.length === 0) throw invalid('Tasks cannot be empty.');
      if (given.length > 100) throw invalid('Tasks cannot have more than 100 elements.');
      const found = given.map((reference) => ({ reference, task: findTask(world, reference) }));
      return {
        tasks: found.flatMap(({ task }) => (task ? [showTask(world, task)] : [])),
        failures: found
          .filter(({ task }) => !task)
          .map(({ reference }) => ({ arn: world.names.taskArn(idOf(reference)), reason: 'MISSING' })),
      };
    },
  },
  RunTask: {
    changes: true,
    answer(world, input) {
      needCluster(world, input);
      const definition = needUsableDefinition(world, needText(input, 'taskDefinition'));
      const count = number(input, 'count') ?? 1;
      if (count < 1 || count > 10) throw invalid('count must be between 1 and 10.');
      if (definition.body.networkMode === 'awsvpc' && !input.networkConfiguration)
        throw invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
      if (input.launchType !== undefined && input.capacityProviderStrategy !== undefined)
        throw invalid('Specifying both a launch type and capacity provider strategy is not supported.');
      const startedBy = text(input, 'startedBy');
      if (startedBy !== undefined && !/^[\w/-]{0,128}$/.test(startedBy)) throw invalid('startedBy is not valid.');
      const names = containersOf(definition).map(({ name }) => name);
      for (const { name } of records(record(input.overrides).containerOverrides))
        if (!names.includes(name))
          throw invalid(`Override for container named ${String(name)} is not a container in the TaskDefinition.`);
      const token = text(input, 'clientToken');
      if (token !== undefined && !/^[!-~]{1,64}$/.test(token)) throw invalid('clientToken is not valid.');
      const earlier = token === undefined ? undefined : earlierRun(world, token);
      const asked = JSON.stringify(input);
      if (earlier?.asked === asked)
        return { ...earlier.output, tasks: earlier.tasks.map((task) => showTask(world, task)) };
      if (earlier) throw new EcsFault('ConflictException', 'The client token is in use with another request.');
      const behaviours = Array.from({ length: count }, () => nextRun(world));
      const placed = behaviours.filter((one) => !one.unplaced);
      const begun = placed.map((behaviour) => startTask(world, { definition, behaviour, startedBy }));
      const output = {
        tasks: begun.map((task) => showTask(world, task)),
        failures: behaviours.filter((one) => one.unplaced).map((one) => ({ reason: one.unplaced!.reason })),
      };
      if (token !== undefined) world.runTokens.set(token, { asked, output, tasks: begun });
      return output;
    },
  },
  StopTask: {
    changes: true,
    answer(world, input) {
      needCluster(world, input);
      const task = findTask(world, needText(input, 'task'));
      if (!task) throw invalid('The referenced task was not found.');
      if (task.wanted === 'RUNNING') {
        stopTask(world, task, 'UserInitiated', text(input, 'reason') ?? 'Task stopped by user');
        if (task.service) reconcile(world, task.service);
      }
      return { task: showTask(world, task) };
    },
  },
};

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ECS_Idempotency.html: an hour longer than the tasks, a day at most. */
function earlierRun(world: World, token: string): ReturnType<World['runTokens']['get']> {
  const run = world.runTokens.get(token);
  if (!run || run.tasks.length === 0) return undefined;
  const isOver = run.tasks.every((task) => !isRemembered(world, task));
  return isOver || world.now - run.tasks[0]!.createdAt > DAY ? undefined : run;
}

function nextRun(world: World): Behaviour {
  const n = world.runsSoFar++;
  const { runs } = world.rollout;
  if (typeof runs === 'function') return runs(n, randomOf(world.seed, 'run', n));
  return runs?.[Math.min(n, runs.length - 1)] ?? {};
}

/** In no order that means anything. */
function listed(world: World, input: Json): readonly Task[] {
  const name = text(input, 'serviceName');
  const startedBy = text(input, 'startedBy');
  const family = text(input, 'family');
  const status = text(input, 'desiredStatus') ?? 'RUNNING';
  if (startedBy !== undefined && (name !== undefined || family !== undefined))
    throw invalid('startedBy cannot be combined with other filters.');
  if (name === undefined) needCluster(world, input);
  const service = name === undefined ? undefined : needService(world, input, 'serviceName');
  if (family !== undefined && !findDefinition(world, family) && !world.definitions.has(family)) return [];
  if (!['RUNNING', 'PENDING', 'STOPPED'].includes(status))
    throw new EcsFault('InvalidParameterException', 'Unknown desiredStatus.');
  return [...world.tasks.values()]
    .filter(
      (task) =>
        task.wanted === status &&
        isRemembered(world, task) &&
        (service === undefined || task.service === service) &&
        (startedBy === undefined || task.startedBy === startedBy) &&
        (family === undefined || task.definition.family === family),
    )
    .sort((one, other) => (one.id < other.id ? -1 : 1));
}

function isRemembered(world: World, task: Task): boolean {
  return task.stoppedAt === undefined || world.now - task.stoppedAt < REMEMBERED;
}

export function findTask(world: World, reference: string): Task | undefined {
  const task = world.tasks.get(world.names.taskArn(idOf(reference)));
  return task && isRemembered(world, task) ? task : undefined;
}

function idOf(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1);
}
