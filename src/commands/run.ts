import { defineCommand } from '../base/declare/command.js';
import { input } from '../base/declare/input.js';
import type { RunReleaseResult } from '../release/run-alone.js';
import { clientTokenForm, imageChoiceForm, variableForm } from './inputs/container-forms.js';
import { registryInputs } from './inputs/registry.js';
import { releaseInputs } from './inputs/release.js';
import { serviceInputs } from './inputs/service.js';
import { runNeeds } from './needs/run.js';

export const run = defineCommand({
  name: 'run',
  summary: 'Runs a task once, shows its lines, and ends with what its container ended with',
  description:
    'Takes definition, network and launch settings of a service (or the definition of a file), puts another image in where one is asked for, and starts the task once. Its lines come as they are printed; the exit code of the container that runs the command is the verdict: 0 only when that ended with 0 by itself.\n\nWhich container that is: the one that is named, else the one that gets the image, else the only essential one. Without a name another essential container that failed is a failure, too.\n\nWhat does not end in time is stopped, and so is what runs when this run is cancelled, unless `--on-cancel leave` is given. An answer of RunTask that is lost starts no second task: ECS knows the call by its client token, and with `--client-token` it knows the next run, too, for as long as the task lives and an hour more.',
  inputs: {
    task: input.list('Task under `tasks` of lading.yml, with what stands there; several in the order of the file', {
      placeholder: 'NAME',
      positional: true,
      key: false,
    }),
    ...serviceInputs,
    'task-definition': input.path('Task definition as JSON or YAML, instead of what the service runs', {
      placeholder: 'FILE',
      key: false,
    }),
    image: input.list('Image by tag or digest, or by its name under `images`; what runs when left out', {
      placeholder: '[CONTAINER=]REF',
      key: false,
      ...imageChoiceForm,
    }),
    command: input.list(
      'Word of the program that runs, one flag for each, as `--command=--all` when it begins with a dash; what the definition says when left out',
      { placeholder: 'WORD', key: false },
    ),
    container: input.string('Container that gets image and command, and whose exit code decides', {
      placeholder: 'NAME',
      key: false,
    }),
    env: input.list('Variable of a container, for this run alone', {
      placeholder: 'CONTAINER:K=V',
      key: false,
      ...variableForm,
    }),
    count: input.integer('Number of tasks, at most 10', { placeholder: 'N', default: 1, key: false }),
    timeout: input.duration('Longest time until it has ended; then it is stopped', {
      placeholder: 'DURATION',
      default: 900_000,
    }),
    wait: input.boolean('Follow it to its end', { default: true, key: false }),
    'on-cancel': input.choice('What becomes of the task when this run is cancelled', ['stop', 'leave'], {
      default: 'stop',
    }),
    'client-token': input.string('Who runs the same again with the same gets the same task', {
      placeholder: 'TEXT',
      key: false,
      ...clientTokenForm,
    }),
    subnet: input.list('Subnet, instead of those of the service', { placeholder: 'ID' }),
    'security-group': input.list('Security group, instead of those of the service', { placeholder: 'ID' }),
    'assign-public-ip': input.boolean('Give the task a public address, or none; as the service when left out'),
    'launch-type': input.choice('Where it runs, instead of where the service does', ['FARGATE', 'EC2', 'EXTERNAL'], {}),
    'dry-run': input.boolean('Say what would happen, and change nothing', { key: false }),
    ...registryInputs,
    ...releaseInputs,
  },
  outputs: {
    outcome: {
      summary: 'How it ended: `passed`, `started` or `planned`; of a failure what it came to',
      of: (result: RunReleaseResult) => result.outcome,
    },
    'exit-code': {
      summary: 'Exit code of the container that decides',
      of: ({ exitCode }: RunReleaseResult) => (exitCode === undefined ? undefined : String(exitCode)),
    },
    'task-arn': {
      summary: 'ARN of the first task',
      of: (result: RunReleaseResult) => result.tasks[0]?.tasks?.[0]?.arn,
    },
    'task-definition-arn': {
      summary: 'ARN of the revision',
      of: (result: RunReleaseResult) => result.tasks[0]?.taskDefinition,
    },
    tasks: {
      summary: 'All of it with every container, as JSON',
      of: (result: RunReleaseResult) => JSON.stringify(result.tasks),
    },
  },
  needs: {
    aws: [
      ...runNeeds,
      { action: 'ecr:GetAuthorizationToken', resource: '*', why: 'to find the digest of a tag', optional: true },
      { action: 'ecr:BatchGetImage', resource: 'repository', why: 'to find the digest of a tag', optional: true },
    ],
  },
  examples: [
    {
      command: 'lading run --cluster production --service shop --command node --command migrate.js',
      about: 'A program of the image that runs',
    },
    { command: 'lading run migrate', about: 'A task of lading.yml' },
    {
      command:
        'lading run --service shop --image 123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:v2 --command node --command seed.js --env web:ROWS=100 --timeout 1h',
      about: 'Another image, with a variable, for longer',
    },
    { command: 'lading run --task-definition job.json --subnet subnet-1 --no-wait', about: 'A file, not waited for' },
  ],
  action: true,
  async run(values, context, origins): Promise<RunReleaseResult> {
    const { planRuns } = await import('../release/plan-run.js');
    const { resolveUsed } = await import('../release/images/resolve-image.js');
    const { runAlone } = await import('../release/run-alone.js');
    const tasks = planRuns(values, origins).map(async (task) => ({
      ...task,
      images: await Promise.all(
        task.images.map((use) => resolveUsed(use, { ...values, region: task.region }, context)),
      ),
      count: values.count,
      wait: values.wait,
      clientToken: values.clientToken,
      commit: undefined,
      launch: {
        subnets: values.subnet ?? [],
        securityGroups: values.securityGroup ?? [],
        assignPublicIp: values.assignPublicIp,
        launchType: values.launchType,
      },
    }));
    return runAlone(await Promise.all(tasks), context, { dryRun: values.dryRun ?? false });
  },
  text: (result) => result.tasks.map(taskText).join('\n'),
});

function taskText({ name, outcome, exitCode, changes = [], tasks = [] }: RunReleaseResult['tasks'][number]): string {
  if (outcome === 'planned') return [`${name} would be run`, ...changes.map((line) => `  ${line}`)].join('\n');
  if (outcome === 'started') return `${name}: ${tasks.map(({ arn }) => arn).join(', ')} has begun`;
  return `${name}: ${outcome}${exitCode === undefined ? '' : ` (exit code ${exitCode})`}`;
}
