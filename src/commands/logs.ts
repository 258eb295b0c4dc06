import { defineCommand } from '../base/command.js';
import { InputError } from '../base/errors.js';
import { input } from '../base/input.js';
import { serviceInputs } from './inputs/service.js';

export interface LogsResult {
  readonly lines: readonly {
    readonly at: string;
    readonly task: string;
    readonly container: string;
    readonly text: string;
  }[];
}

export const logs = defineCommand({
  name: 'logs',
  summary: 'Shows the log lines of the tasks of a service, of those that died too',
  inputs: {
    ...serviceInputs,
    since: input.duration('How far back', { placeholder: 'DURATION', default: 600_000, key: false }),
    container: input.string('Only this container', { placeholder: 'NAME', key: false }),
    task: input.string('Only this task, by its id', { placeholder: 'ID', key: false }),
    follow: input.boolean('Go on until it is cancelled', { key: false }),
  },
  needs: {
    aws: [
      { action: 'ecs:DescribeServices', resource: 'service', why: 'to read the service' },
      { action: 'ecs:DescribeTaskDefinition', resource: '*', why: 'to find the log groups' },
      { action: 'ecs:ListTasks', resource: 'cluster', why: 'to find the tasks' },
      { action: 'ecs:DescribeTasks', resource: 'task', why: 'to find the tasks' },
      { action: 'logs:GetLogEvents', resource: 'log-group', why: 'to read the lines' },
    ],
  },
  examples: [
    { command: 'lading logs --cluster production --service shop --since 1h', about: 'The last hour' },
    { command: 'lading logs --service shop --follow', about: 'As they come' },
  ],
  async run(values, context): Promise<LogsResult> {
    const { openEcs } = await import('../release/open-ecs.js');
    const { logStream, readLines } = await import('../ecs/task/logs.js');
    const world = await openEcs(context, values);
    const tokens = new Map<string, string | undefined>();
    const found: LogsResult['lines'][number][] = [];
    const startTime = context.clock.now() - values.since;
    for (;;) {
      const [running, stopped] = await Promise.all([
        world.ecs.runningTasks(values.cluster, values.service),
        world.ecs.stoppedTasks(values.cluster, values.service, new Set()),
      ]);
      const fresh: LogsResult['lines'][number][] = [];
      for (const task of [...running, ...stopped]) {
        const id = task.taskArn.slice(task.taskArn.lastIndexOf('/') + 1);
        if (values.task !== undefined && id !== values.task) continue;
        const definition = await world.ecs.taskDefinition(task.taskDefinitionArn);
        const names = definition.containerDefinitions.map((container) => container.name);
        if (values.container !== undefined && !names.includes(values.container)) {
          throw new InputError({
            where: '--container',
            message: `there is no container ${values.container}`,
            hint: `There are ${names.join(', ')}.`,
          });
        }
        for (const container of definition.containerDefinitions) {
          const place = logStream(container, task.taskArn);
          if (!place || (values.container !== undefined && container.name !== values.container)) continue;
          const page = await readLines(world.logs(place.region), place.group, place.stream, {
            startTime,
            token: tokens.get(place.stream),
          });
          tokens.set(place.stream, page.token);
          for (const line of page.lines)
            fresh.push({ at: new Date(line.at).toISOString(), task: id, container: container.name, text: line.text });
        }
      }
      fresh.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
      if (!values.follow) return { lines: [...found, ...fresh] };
      for (const line of fresh) context.report({ type: 'line', source: line.container, text: line.text });
      await context.clock.sleep(2000, context.signal);
    }
  },
  text: (result) => result.lines.map((line) => `${line.at} ${line.container} ${line.text}`).join('\n'),
});
