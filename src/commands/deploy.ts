import { readFile } from 'node:fs/promises';
import { defineCommand } from '../base/command.js';
import type { Context } from '../base/context.js';
import { InputError } from '../base/errors.js';
import { input } from '../base/input.js';
import type { DeployRequest, DeployResult } from '../ecs/rollout/deploy.js';
import type { ImageChange } from '../ecs/definition/task-definition.js';
import { formatReference, parseReference, selectorOf } from '../oci/reference.js';
import { registryInputs } from './inputs/registry.js';
import type { RegistryValues } from '../release/registries.js';
import { serviceInputs } from './inputs/service.js';

/** How a service is deployed; shared with `ship`. */
export const deployInputs = {
  ...serviceInputs,
  'task-definition': input.path('Task definition as JSON, instead of the running one', {
    placeholder: 'FILE',
    key: 'deploy.task-definition',
  }),
  env: input.list('Variable of a container', { placeholder: 'CONTAINER:K=V', key: 'deploy.env', check: parseEnv }),
  'force-new-deployment': input.boolean('Start new tasks even when nothing changed', { key: false }),
  'desired-count': input.integer('Number of tasks; left as it is when not given', { placeholder: 'N', key: false }),
  wait: input.choice(
    'What to wait for: `stable` adds the counts, `drained` the end of the old tasks',
    ['deployed', 'stable', 'drained', 'none'],
    { default: 'deployed', key: 'deploy.wait' },
  ),
  'fail-fast': input.boolean('Ask ECS to go back as soon as a failure is certain', {
    default: true,
    key: 'deploy.fail-fast',
  }),
  timeout: input.duration('Longest time for the deployment', {
    placeholder: 'DURATION',
    default: 900_000,
    key: 'deploy.timeout',
  }),
  'dry-run': input.boolean('Say what would happen, and change nothing', { key: false }),
} as const;

/** What a deployment needs to be allowed. */
export const deployNeeds = [
  { action: 'ecs:DescribeServices', resource: 'service', why: 'to read the service' },
  { action: 'ecs:DescribeTaskDefinition', resource: '*', why: 'to read the running definition' },
  { action: 'ecs:RegisterTaskDefinition', resource: '*', why: 'to make a revision with the new image' },
  { action: 'iam:PassRole', resource: 'role', why: 'to hand the task and execution roles to the revision' },
  { action: 'ecs:UpdateService', resource: 'service', why: 'to start the deployment' },
  { action: 'ecs:DescribeServiceDeployments', resource: 'service', why: 'to follow it' },
  { action: 'ecs:ListServiceDeployments', resource: 'service', why: 'to find it, and what to go back to' },
  { action: 'ecs:DescribeServiceRevisions', resource: 'service', why: 'to prove which image runs' },
  { action: 'ecs:ListTasks', resource: 'cluster', why: 'to find tasks that died' },
  { action: 'ecs:DescribeTasks', resource: 'task', why: 'to say why they died' },
  {
    action: 'ecs:StopServiceDeployment',
    resource: 'service',
    why: 'to go back when a failure is certain',
    optional: true,
  },
  {
    action: 'logs:GetLogEvents',
    resource: 'log-group',
    why: 'to show the last lines of a task that died',
    optional: true,
  },
] as const;

export const deploy = defineCommand({
  name: 'deploy',
  summary: 'Deploys an image to an ECS service, follows that deployment to its end, and says why it failed',
  description:
    'Takes the running task definition (or the file), puts the image in by digest, registers a revision only when something changed, and updates the service once. Green only when this very deployment is SUCCESSFUL and its revision runs the digest that was asked for.\n\nThe first task that dies is told with its cause, exit code, last log lines and what to do, within seconds. Cancelling ends at once; ECS goes on.',
  inputs: {
    ...deployInputs,
    image: input.list(
      'Image to deploy, by tag or digest; the container is found by the repository when it is not named',
      { placeholder: '[CONTAINER=]REF', key: 'deploy.image', check: parseImage },
    ),
    ...registryInputs,
  },
  outputs: {
    outcome: {
      summary: 'How it ended: `steady`, `unchanged`, `started` or `planned`',
      of: (result: DeployResult) => result.outcome,
    },
    'task-definition-arn': { summary: 'ARN of the revision', of: (result: DeployResult) => result.taskDefinition },
    'deployment-id': { summary: 'Id of the deployment', of: (result: DeployResult) => result.deployment?.id },
  },
  needs: { aws: deployNeeds },
  examples: [
    {
      command:
        'lading deploy --cluster production --service shop --image 123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:v2',
      about: 'A new image',
    },
    { command: 'lading deploy --service shop --force-new-deployment', about: 'New tasks of what runs' },
    { command: 'lading deploy --service shop --image web=shop@sha256:… --dry-run', about: 'What would change' },
  ],
  action: true,
  async run(values, context): Promise<DeployResult> {
    const { openEcs } = await import('../release/open-ecs.js');
    const { deployService } = await import('../ecs/rollout/deploy.js');
    const images = await Promise.all((values.image ?? []).map((text) => resolveImage(text, values, context)));
    const request = await deployRequest(
      values,
      images.map((image) => image.change),
      context,
    );
    const sameImage = new Map(
      images.flatMap((image) => (image.digest ? [[image.digest, image.accepted] as const] : [])),
    );
    return deployService({ ...request, sameImage }, await openEcs(context, values));
  },
  text: deployText,
});

export function deployText(result: DeployResult): string {
  const revision = result.taskDefinition.slice(result.taskDefinition.lastIndexOf('/') + 1);
  switch (result.outcome) {
    case 'unchanged':
      return `${result.service} runs ${revision} already: nothing to deploy`;
    case 'planned':
      return result.changes.length > 0
        ? `${result.service} would change:\n${result.changes.map((line) => `  ${line}`).join('\n')}`
        : `${result.service} would stay as it is`;
    case 'started':
      return `${result.service}: deployment ${result.deployment?.id ?? ''} of ${revision} has begun`;
    default:
      return `${result.service} is ${result.outcome}: ${revision}`;
  }
}

interface DeployValues extends RegistryValues {
  readonly cluster: string;
  readonly service: string;
  readonly taskDefinition: string | undefined;
  readonly env: readonly string[] | undefined;
  readonly forceNewDeployment: boolean | undefined;
  readonly desiredCount: number | undefined;
  readonly wait: DeployRequest['wait'];
  readonly failFast: boolean;
  readonly timeout: number;
  readonly dryRun: boolean | undefined;
}

export async function deployRequest(
  values: DeployValues,
  images: readonly ImageChange[],
  context: Context,
): Promise<DeployRequest> {
  return {
    cluster: values.cluster,
    service: values.service,
    images,
    env: (values.env ?? []).map(parseEnv),
    definition: values.taskDefinition === undefined ? undefined : await readDefinition(values.taskDefinition, context),
    force: values.forceNewDeployment ?? false,
    desiredCount: values.desiredCount,
    wait: values.wait,
    timeoutMs: values.timeout,
    failFast: values.failFast,
    dryRun: values.dryRun ?? false,
  };
}

async function readDefinition(file: string, _context: Context) {
  const { parseTaskDefinition } = await import('../ecs/definition/task-definition.js');
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new InputError({ where: '--task-definition', message: `${file} cannot be read: ${error.message}` });
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InputError({ where: file, message: `is not JSON: ${(error as Error).message}` });
  }
  return parseTaskDefinition(value, file);
}

function parseEnv(text: string) {
  const match = /^([A-Za-z0-9_-]{1,255}):([^=]+)=(.*)$/s.exec(text);
  if (!match) throw new InputError({ where: '--env', message: `takes CONTAINER:K=V, not ${JSON.stringify(text)}` });
  return { container: match[1] ?? '', name: match[2] ?? '', value: match[3] ?? '' };
}

/** `web=REF` or `REF`. */
function parseImage(text: string) {
  const named = /^([A-Za-z0-9_-]{1,255})=(.+)$/.exec(text);
  return { container: named?.[1], reference: parseReference(named?.[2] ?? text, '--image') };
}

/** A tag becomes the digest that it stands for now: what is deployed must not move. */
async function resolveImage(
  text: string,
  values: RegistryValues,
  context: Context,
): Promise<{ change: ImageChange; digest: string | undefined; accepted: ReadonlySet<string> }> {
  const { container, reference } = parseImage(text);
  if (reference.digest) {
    return {
      change: { container, image: formatReference({ ...reference, tag: undefined }) },
      digest: reference.digest,
      accepted: new Set([reference.digest]),
    };
  }
  const { openRegistry } = await import('../release/registries.js');
  const { isIndex, parseImageIndex } = await import('../oci/manifest.js');
  const raw = await openRegistry(reference, context, values).manifest(selectorOf(reference));
  if (!raw)
    throw new InputError({
      where: '--image',
      message: `${formatReference(reference)} does not exist`,
      hint: 'Push it first, or check the tag.',
    });
  const children = isIndex(raw) ? parseImageIndex(raw).manifests.map((child) => child.digest) : [];
  const image = formatReference({ ...reference, tag: undefined, digest: raw.digest });
  return { change: { container, image }, digest: raw.digest, accepted: new Set([raw.digest, ...children]) };
}
