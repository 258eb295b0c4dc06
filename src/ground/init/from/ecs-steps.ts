import { join } from 'node:path';
import { mistakeIn } from '../check.js';
import { pathBelow } from '../look/look.js';
import type { Draft } from './draft.js';
import type { Names } from './names.js';
import { expanded, filled, isOpen } from './names.js';
import type { ShellCommand } from './shell.js';
import { flagsOf } from './shell.js';
import type { Tree } from './yaml-tree.js';

type Inputs = Tree | undefined;
type Carrier = (value: string, tree: Tree) => void;

/** Gives each input to who knows it; one that nobody knows is told. */
function eachInput(
  inputs: Inputs,
  names: Names,
  carriers: Readonly<Record<string, Carrier>>,
  other: (value: string, tree: Tree, name: string) => void,
): void {
  for (const [name, tree] of inputs?.entries ?? []) {
    const value = filled(tree.text ?? '', names).trim();
    if (value === '') continue;
    const carrier = Object.hasOwn(carriers, name) ? carriers[name] : undefined;
    if (carrier) carrier(value, tree);
    else other(value, tree, name);
  }
}

/** aws-actions/amazon-ecs-render-task-definition: a file, a container and its image. */
export function carryRender(inputs: Inputs, names: Names, draft: Draft): void {
  let container: string | undefined;
  const first = inputs?.get('container-name');
  if (first) {
    const all = filled(first.text ?? '', names)
      .split(',')
      .map((name) => name.trim());
    [container] = all;
    if (container !== undefined && container !== '') draft.set('deploy.container', container, first.where);
    for (const name of all.slice(1))
      draft.leave(
        first.where,
        `the container ${name} gets the same image`,
        `Write deploy.image as ${name}=IMAGE, or name it under services.`,
      );
  }
  eachInput(
    inputs,
    names,
    {
      'container-name': () => undefined,
      image: (value, { where }) => {
        if (!/\.outputs\./.test(value)) draft.setImage(value, where);
      },
      'task-definition': (value, { where }) => setTaskDefinition(value, where, draft),
      'task-definition-family': (value, { where }) => {
        // The running definition is what lading starts from, which is of this family.
        if (isOpen(value)) draft.leave(where, `task-definition-family ${value}`);
      },
      'environment-variables': (value, { where }) => {
        const lines = value
          .split('\n')
          .map((line) => line.trim())
          .filter(Boolean);
        const known: string[] = [];
        for (const line of lines) {
          const variable = `${container ?? ''}:${line}`;
          if (!isOpen(line) && mistakeIn('deploy.env', variable) === undefined) known.push(variable);
          else draft.leave(where, `the variable ${line} of the container`, 'Keep it in the task definition.');
        }
        if (known.length > 0) draft.set('deploy.env', known, where);
      },
    },
    (value, { where }, name) =>
      draft.leave(
        where,
        `${name}: ${oneLine(value)}`,
        'Write it into the task definition: lading changes images and variables alone.',
      ),
  );
}

/** aws-actions/amazon-ecs-deploy-task-definition. */
export function carryDeploy(inputs: Inputs, names: Names, draft: Draft): void {
  eachInput(
    inputs,
    names,
    {
      cluster: (value, { where }) => draft.set('deploy.cluster', value, where),
      service: (value, { where }) => draft.set('deploy.service', value, where),
      'task-definition': (value, { where }) => {
        // What was rendered in a step before stands there by its own words.
        if (!/\.outputs\./.test(value)) setTaskDefinition(value, where, draft);
      },
      // Lading always waits for its verdict.
      'wait-for-service-stability': () => undefined,
      'wait-for-minutes': (value, { where }) => draft.set('deploy.timeout', `${value}m`, where),
      'force-new-deployment': (value) => {
        if (value.toLowerCase() === 'true') addToDeploy(draft, 'force-new-deployment', 'true');
      },
      'desired-count': (value) => addToDeploy(draft, 'desired-count', value),
      'max-retries': () => undefined,
      'wait-max-delay-seconds': () => undefined,
    },
    (value, { where }, name) => {
      const hint = name.startsWith('codedeploy')
        ? 'lading drives services of the deployment controller ECS, which has blue/green and canary, too.'
        : name.startsWith('run-task')
          ? 'Run the task in a step of its own before the deployment.'
          : undefined;
      draft.leave(where, `${name}: ${oneLine(value)}`, hint);
    },
  );
  if (inputs?.get('service') === undefined)
    draft.leave(
      inputs?.where ?? '',
      'the step names no service: it registers a definition and deploys nothing',
      'Write deploy.service in lading.yml.',
    );
  else if (inputs.get('cluster') === undefined) draft.set('deploy.cluster', 'default', inputs.where);
}

/** The composite action push-and-deploy: registry, repository and tag, cluster and service. */
export function carryPushAndDeploy(inputs: Inputs, names: Names, draft: Draft): void {
  const value = (name: string) => filled(inputs?.get(name)?.text ?? '', names).trim();
  const where = inputs?.get('ecr-repository')?.where ?? inputs?.where ?? '';
  const registry = value('ecr-registry');
  const tag = value('image-tag') || 'latest';
  draft.setImage(`${registry === '' ? '' : `${registry}/`}${value('ecr-repository')}:${tag}`, where);
  eachInput(
    inputs,
    names,
    {
      'ecr-registry': () => undefined,
      'ecr-repository': () => undefined,
      'image-tag': () => undefined,
      'ecs-cluster': (text, tree) => draft.set('deploy.cluster', text, tree.where),
      'ecs-service': (text, tree) => draft.set('deploy.service', text, tree.where),
    },
    (text, tree, name) => draft.leave(tree.where, `${name}: ${oneLine(text)}`),
  );
  if (inputs?.get('ecs-cluster') === undefined) draft.set('deploy.cluster', 'default', where);
}

/** `aws ecs …`, as scripts call it. True when it was understood. */
export function carryAwsEcs({ words, where }: ShellCommand, names: Names, draft: Draft): boolean {
  const { flags } = flagsOf(words.slice(3), ['force-new-deployment', 'no-cli-pager', 'no-paginate']);
  const value = (name: string) => flags.get(name)?.map((one) => expanded(one, names))[0];
  const cluster = value('cluster') ?? 'default';
  const service = value('service') ?? value('services');
  const operation = words[2];
  if (operation !== 'update-service' && operation !== 'wait') return false;
  if (operation === 'wait' && words[3] !== 'services-stable') return false;
  if (service !== undefined) draft.set('deploy.service', service, where);
  draft.set('deploy.cluster', cluster, where);
  const region = value('region');
  if (region !== undefined) draft.set('region', region, where);
  const desired = value('desired-count');
  if (desired !== undefined) addToDeploy(draft, 'desired-count', desired);
  for (const [name, values] of flags)
    if (!known.includes(name)) draft.leave(where, `aws ecs ${operation} --${name} ${values.join(' ')}`.trim());
  return true;
}

/** The image is another one each time, so that a deployment begins without being forced. */
const known = ['cluster', 'service', 'services', 'force-new-deployment', 'region', 'no-cli-pager', 'output', 'query', 'desired-count', 'task-definition', 'profile']; // prettier-ignore

function setTaskDefinition(value: string, where: string, draft: Draft): void {
  const { folder, top } = draft.facts;
  const file = isOpen(value) ? undefined : pathBelow(folder, join(top, value));
  if (file === undefined)
    draft.leave(where, `the task definition ${value}`, 'Write deploy.task-definition in lading.yml.');
  else if (!file.endsWith('.json'))
    draft.leave(
      where,
      `the task definition ${value} is no JSON`,
      'Write it as JSON, or leave it out: lading starts from the one that runs.',
    );
  else draft.set('deploy.task-definition', file, where);
}

function addToDeploy(draft: Draft, name: string, value: string): void {
  draft.workflow({ deploy: { ...draft.carriedWorkflow.deploy, [name]: value } });
}

function oneLine(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .join(' ')
    .slice(0, 120);
}
