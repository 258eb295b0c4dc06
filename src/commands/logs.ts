import { defineCommand } from '../base/declare/command.js';
import { input } from '../base/declare/input.js';
import type { ServiceLine } from '../ecs/task/service-logs.js';
import { serviceInputs } from './inputs/service.js';
import { servicesInput } from './inputs/services.js';
import { logsNeeds } from './needs/look.js';

export interface LogsResult {
  readonly lines: readonly ServiceLine[];
}

export const logs = defineCommand({
  name: 'logs',
  summary: 'Shows the log lines of the tasks of a service, of those that died too',
  inputs: {
    ...serviceInputs,
    ...servicesInput,
    since: input.duration('How far back', { placeholder: 'DURATION', default: 600_000, key: false }),
    container: input.string('Only this container', { placeholder: 'NAME', key: false }),
    task: input.string('Only this task, by its id; also one that ran once', { placeholder: 'ID', key: false }),
    follow: input.boolean('Go on until it is cancelled', { key: false }),
  },
  needs: { aws: logsNeeds },
  examples: [
    { command: 'lading logs --cluster production --service shop --since 1h', about: 'The last hour' },
    { command: 'lading logs --service shop --follow', about: 'As they come' },
  ],
  async run(values, context, origins): Promise<LogsResult> {
    const { planServices } = await import('../release/plan-release.js');
    const { onlyOne } = await import('../release/only-one.js');
    const place = onlyOne(planServices(values, origins), origins);
    const { openEcs } = await import('../release/open-ecs.js');
    const { openServiceLogs } = await import('../ecs/task/service-logs.js');
    const ecs = await openEcs(context, place);
    const read = openServiceLogs({ ...values, ...place }, ecs, context.clock.now() - values.since);
    for (;;) {
      const lines = await read();
      if (!values.follow) return { lines };
      for (const line of lines) context.report({ type: 'line', source: line.container, text: line.text });
      await context.clock.sleep(2000, context.signal);
    }
  },
  text: (result) => result.lines.map((line) => `${line.at} ${line.container} ${line.text}`).join('\n'),
});
