import { InputError } from '../../base/errors.js';
import type { Place } from '../api.js';
import { readService } from '../api.js';
import type { EcsContext } from '../rollout/run.js';
import type { TaskDefinition } from '../shapes.js';
import { logStream, readLines } from './logs.js';

export interface ServiceLine {
  /** ISO 8601. */
  readonly at: string;
  readonly task: string;
  readonly container: string;
  readonly text: string;
}

export interface LogFilter extends Place {
  /** Only this container. */
  readonly container: string | undefined;
  /** Only this task, by its id. */
  readonly task: string | undefined;
}

/**
 * Lines of the tasks of a service, of those that died too, as calls that each give what has come since the last. A task
 * that is named need not be of the service: one that ran once is not.
 */
export function openServiceLogs(
  filter: LogFilter,
  context: EcsContext,
  since: number,
): () => Promise<readonly ServiceLine[]> {
  const { ecs } = context;
  const tokens = new Map<string, string | undefined>();
  const definitions = new Map<string, Promise<TaskDefinition>>();
  const definitionOf = (arn: string) => {
    const known = definitions.get(arn) ?? ecs.taskDefinition(arn);
    definitions.set(arn, known);
    return known;
  };
  return async () => {
    const service = await readService(ecs, filter.cluster, filter.service);
    mustHave(filter.container, await definitionOf(service.taskDefinition));
    const arns = filter.task === undefined ? await listTasks() : [filter.task];
    const found: ServiceLine[] = [];
    for (const task of arns.length === 0 ? [] : await ecs.describeTasks(filter.cluster, arns)) {
      const id = idOf(task.taskArn);
      const definition = await definitionOf(task.taskDefinitionArn);
      for (const container of definition.containerDefinitions) {
        const place = logStream(container, task.taskArn);
        if (!place || (filter.container !== undefined && container.name !== filter.container)) continue;
        const from = { startTime: since, token: tokens.get(place.stream) };
        const page = await readLines(context.logs(place.region), place.group, place.stream, from);
        tokens.set(place.stream, page.token);
        for (const { at, text } of page.lines)
          found.push({ at: new Date(at).toISOString(), task: id, container: container.name, text });
      }
    }
    return found.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  };

  async function listTasks(): Promise<readonly string[]> {
    const lists = await Promise.all(
      (['RUNNING', 'STOPPED'] as const).map((status) => ecs.listTasks(filter.cluster, filter.service, status)),
    );
    return [...new Set(lists.flat())];
  }
}

function mustHave(container: string | undefined, definition: TaskDefinition): void {
  const names = definition.containerDefinitions.map(({ name }) => name);
  if (container === undefined || names.includes(container)) return;
  const hint = `There are ${names.join(', ')}.`;
  throw new InputError({ where: '--container', message: `there is no container ${container}`, hint });
}

function idOf(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}
