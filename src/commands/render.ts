import { defineCommand } from '../base/declare/command.js';
import { input } from '../base/declare/input.js';
import type { RenderResult } from '../release/render.js';
import { amazonEcsRenderTaskDefinition } from './compat/amazon-ecs-render-task-definition.js';
import { renderInputs } from './inputs/render.js';
import { serviceInputs } from './inputs/service.js';

export const render = defineCommand({
  name: 'render',
  summary: 'Makes a task definition of a file, a revision or what a service runs, with other images and settings',
  description:
    'Takes the file, else the family, else what the service runs, and writes it as RegisterTaskDefinition takes it: without what only ECS writes. Nothing is registered, and without `--family`, `--service` and `--diff` nobody is asked.\n\nThe definition goes to stdout, or to `--output FILE`. As a step of a job it goes to a file, whose path is an output for `deploy`; the log does not show it, since variables may hold secrets.',
  inputs: {
    'task-definition': input.path('File with the task definition, as JSON or YAML', {
      placeholder: 'FILE',
      key: 'deploy.task-definition',
    }),
    family: input.string('Task definition at ECS, instead of a file: family, `FAMILY:REVISION` or ARN', {
      placeholder: 'FAMILY',
      key: false,
    }),
    revision: input.integer('Revision of the family; the newest that is active when left out', {
      placeholder: 'N',
      key: false,
    }),
    ...serviceInputs,
    ...renderInputs,
    diff: input.boolean(
      'Say what differs from what the service runs; without a service, from the newest revision of the family',
      { key: false },
    ),
    output: input.path('File to write it to', { placeholder: 'FILE', key: false }),
  },
  outputs: {
    'task-definition': { summary: 'Path of the file with the task definition', of: ({ file }: RenderResult) => file },
    changes: {
      summary: 'With `diff`: what differs, a line for each value',
      of: ({ changes }: RenderResult) => changes?.join('\n'),
    },
  },
  compat: [amazonEcsRenderTaskDefinition],
  needs: {
    aws: [
      { action: 'ecs:DescribeTaskDefinition', resource: '*', why: 'to read a revision', optional: true },
      { action: 'ecs:DescribeServices', resource: 'service', why: 'to find what the service runs', optional: true },
    ],
  },
  examples: [
    {
      command:
        'lading render --task-definition task-definition.json --image web=123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:v2 --env web:STAGE=production',
      about: 'A file with another image and a variable',
    },
    {
      command: 'lading render --service shop --output task-definition.json',
      about: 'What the service runs, as a file',
    },
    {
      command: 'lading render --task-definition task-definition.json --service shop --diff',
      about: 'What would change',
    },
  ],
  action: true,
  async run(values, context, origins): Promise<RenderResult> {
    const { renderTaskDefinition } = await import('../release/render.js');
    const { family, revision, cluster, service, region } = values;
    const images = (values.image ?? []).map(({ container, text }) => ({ container, image: text }));
    return renderTaskDefinition(
      {
        file: values.taskDefinition,
        family,
        revision,
        place: service === undefined ? undefined : { cluster, service },
        region,
        rendering: {
          containers: values.container ?? [],
          images,
          env: values.env ?? {},
          secrets: values.secret ?? {},
          labels: values.dockerLabel ?? {},
          unset: values.unset ?? [],
          logDriver: values.logDriver,
          logOptions: values.logOption ?? {},
          command: values.command,
          envFiles: values.envFile,
          taskRole: values.taskRoleArn,
          executionRole: values.executionRoleArn,
        },
        diff: values.diff ?? false,
        output: values.output,
        isFileSpoken: origins.of('task-definition') !== 'file',
      },
      context,
    );
  },
  text: ({ changes, file, asked, taskDefinition }) => {
    if (changes) return changes.length > 0 ? changes.join('\n') : 'nothing differs';
    return asked ? file : JSON.stringify(taskDefinition, undefined, 2);
  },
  stepText: ({ changes, file }) => [...(changes ?? []), file].join('\n'),
});
