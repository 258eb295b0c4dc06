import type { Leftover } from './carried.js';
import { mistakeInRole } from '../check.js';
import type { Carried } from './carried.js';
import type { Draft, Facts } from './draft.js';
import { openDraft } from './draft.js';
import { carryAwsEcs, carryDeploy, carryPushAndDeploy, carryRender } from './ecs-steps.js';
import { carryBuildAction, carryDockerBuild, carryDockerNames } from './image-steps.js';
import type { Names } from './names.js';
import { expanded, filled, isOpen } from './names.js';
import type { ShellCommand } from './shell.js';
import { commandsOf } from './shell.js';
import type { Tree } from './yaml-tree.js';
import { plainOf, textsOf } from './yaml-tree.js';

/** A workflow made of the actions of AWS, of docker, or of a composite one: what it builds, pushes and deploys. */
export function carryWorkflow(tree: Tree, name: string, facts: Facts): Carried {
  const draft = openDraft(facts);
  const jobs = tree.get('jobs')?.entries ?? [];
  const shipping = jobs.filter(([, job]) => (job.get('steps')?.items ?? []).some(ships));
  for (const [id, job] of jobs) {
    if (shipping.some(([other]) => other === id)) continue;
    draft.leave(job.where, `the job ${id}`, 'Keep it in a workflow of its own, or add it before the job image.');
  }
  carryTriggers(tree, draft);
  const ofWorkflow = envOf(tree, { env: new Map(), outputs: new Map() });
  let names: Names = { env: ofWorkflow, outputs: new Map() };
  for (const [id, job] of shipping) names = { ...names, outputs: carryJob(id, job, name, names, draft) };
  if (shipping.length === 0) {
    draft.leave(
      `${name}:1`,
      'no step that builds, pushes or deploys an image is known',
      'Write lading.yml by lading init alone.',
    );
  }
  return finish(`the workflow ${name}`, draft);
}

/** The steps of a composite action, as if they were a job. */
export function carryComposite(tree: Tree, name: string, facts: Facts): Carried {
  const draft = openDraft(facts);
  const inputs = (tree.get('inputs')?.entries ?? []).flatMap(([input, declared]) => {
    const value = declared.get('default')?.text;
    return value === undefined ? [] : [[input, value] as const];
  });
  const names = { env: new Map<string, string>(), outputs: new Map<string, string>(), inputs };
  for (const step of tree.get('runs', 'steps')?.items ?? [])
    carryStep(step, { name, draft, names, outputs: new Map(), cwd: '' });
  return finish(`the action ${name}`, draft);
}

function finish(source: string, draft: Draft): Carried {
  const leftovers = [...draft.leftovers].sort(byPlace);
  return { source, settings: draft.settings, workflow: draft.carriedWorkflow, leftovers };
}

function byPlace(one: Leftover, other: Leftover): number {
  const line = ({ where }: Leftover) => Number(/:(\d+)$/.exec(where)?.[1] ?? 0);
  return line(one) - line(other);
}

/** It has to do with making an image or bringing it to ECS. */
function ships(step: Tree): boolean {
  const uses = step.get('uses')?.text ?? '';
  if (/^docker\/build-push-action@|^aws-actions\/amazon-ecs-/.test(uses) || isPushAndDeploy(step)) return true;
  return /\bdocker\s+(?:buildx\s+)?build\b|\bdocker\s+push\b|\baws\s+ecs\s/.test(step.get('run')?.text ?? '');
}

function isPushAndDeploy(step: Tree): boolean {
  return ['ecr-repository', 'ecs-service'].every((input) => step.get('with', input) !== undefined);
}

/** Events that a workflow of ours can have, too. */
const events = ['push', 'workflow_dispatch', 'schedule', 'release'];

function carryTriggers(tree: Tree, draft: Draft): void {
  const on = tree.get('on');
  const given: readonly (readonly [string, Tree | undefined, string])[] =
    on?.is === 'map'
      ? on.entries.map(([event, value]) => [event, value, value.where] as const)
      : textsOf(on).map((event) => [event, undefined, on?.where ?? ''] as const);
  const triggers: Record<string, unknown> = {};
  for (const [event, value, where] of given) {
    const plain = value && plainOf(value);
    if (!events.includes(event)) draft.leave(where, `the event ${event}`, 'Add it under on: where it is meant.');
    else if (event === 'workflow_dispatch') {
      triggers[event] = {};
      if (value?.get('inputs'))
        draft.leave(where, 'the inputs of workflow_dispatch', 'Add them under on: where they are meant.');
    } else triggers[event] = plain ?? {};
  }
  if (Object.keys(triggers).length > 0) draft.workflow({ on: triggers });
  for (const [key, value] of tree.entries)
    if (!['name', 'run-name', 'on', 'env', 'jobs', 'permissions', 'concurrency'].includes(key))
      draft.leave(value.where, `${key}: of the workflow`);
}

/** Keys of a job that have their counterpart in ours. */
const jobKeys = [
  'name',
  'runs-on',
  'steps',
  'env',
  'permissions',
  'needs',
  'environment',
  'outputs',
  'concurrency',
  'timeout-minutes',
];

function carryJob(id: string, job: Tree, name: string, above: Names, draft: Draft): ReadonlyMap<string, string> {
  for (const [key, value] of job.entries)
    if (!jobKeys.includes(key))
      draft.leave(value.where, `${key}: of the job ${id}`, 'Add it to the jobs image and deploy where it is meant.');
  const runsOn = job.get('runs-on');
  if (runsOn?.is === 'text' && !isOpen(runsOn.text ?? '')) {
    if (runsOn.text !== 'ubuntu-latest') draft.workflow({ runsOn: runsOn.text });
  } else if (runsOn) draft.leave(runsOn.where, 'runs-on: of the job', 'Write it into the jobs image and deploy.');
  const environment = job.get('environment');
  if (environment && environment.is !== 'nothing')
    draft.workflow({ environment: plainOf(environment) as string | Readonly<Record<string, string>> });
  const names = { ...above, env: envOf(job, above) };
  const outputs = new Map(above.outputs);
  for (const step of job.get('steps')?.items ?? []) carryStep(step, { name, draft, names, outputs, cwd: '' });
  return outputs;
}

function envOf(tree: Tree, above: Names): ReadonlyMap<string, string> {
  const own = (tree.get('env')?.entries ?? []).map(([key, value]) => [key, filled(value.text ?? '', above)] as const);
  return new Map([...above.env, ...own]);
}

interface Place {
  /** Of the file. */
  readonly name: string;
  readonly draft: Draft;
  readonly names: Names;
  /** Of the steps before, by `ID.NAME`; those of this step are added. */
  readonly outputs: Map<string, string>;
  readonly cwd: string;
}

/** Made needless by lading, or the same in its workflow. */
const needless = [
  'aws-actions/amazon-ecr-login',
  'docker/setup-buildx-action',
  'docker/setup-qemu-action',
  'docker/login-action',
  'pnpm/action-setup',
  'oven-sh/setup-bun',
];

function carryStep(step: Tree, place: Place): void {
  const { draft, outputs } = place;
  const names: Names = { env: envOf(step, { ...place.names, outputs }), outputs };
  const inputs = step.get('with');
  const uses = step.get('uses')?.text;
  const condition = step.get('if');
  if (condition) draft.leave(condition.where, `if: ${condition.text ?? ''}`, 'Add it to the job where it is meant.');
  if (uses === undefined) return carryRun(step, names, place);
  const action = uses.split('@')[0] ?? '';
  if (isPushAndDeploy(step)) return carryPushAndDeploy(inputs, names, draft);
  switch (action) {
    case 'actions/checkout':
      return inputs ? draft.workflow({ checkout: textInputs(inputs, names) }) : undefined;
    case 'actions/setup-node':
      return inputs ? draft.workflow({ node: nodeInputs(inputs, names) }) : undefined;
    case 'aws-actions/configure-aws-credentials':
      return carryCredentials(inputs, names, draft);
    case 'docker/build-push-action':
      return carryBuildAction(inputs, names, draft, step.where);
    case 'aws-actions/amazon-ecs-render-task-definition':
      return carryRender(inputs, names, draft);
    case 'aws-actions/amazon-ecs-deploy-task-definition':
      return carryDeploy(inputs, names, draft);
  }
  if (action === 'aws-actions/amazon-ecr-login') carryLogin(step, names, place);
  if (!needless.includes(action)) draft.leave(step.where, `uses: ${uses}`, 'Add it to the job where it is needed.');
}

/** The registry of the account whose role is assumed, where the workflow says which one that is. */
function carryLogin(step: Tree, { env }: Names, { draft, outputs }: Place): void {
  const id = step.get('id')?.text;
  for (const [input, tree] of step.get('with')?.entries ?? []) {
    if (input === 'mask-password' || input === 'skip-logout') continue;
    draft.leave(
      tree.where,
      `${input}: ${tree.text ?? ''} of the login`,
      'lading logs in to the registry that an image goes to.',
    );
  }
  const { credentials } = draft.carriedWorkflow;
  const [, account] = /^arn:aws[\w-]*:iam::(\d{12}):/.exec(credentials?.['role-to-assume'] ?? '') ?? [];
  const region = credentials?.['aws-region'] ?? env.get('AWS_REGION');
  if (id !== undefined && account !== undefined && region !== undefined && !isOpen(region))
    outputs.set(`${id}.registry`, `${account}.dkr.ecr.${region}.amazonaws.com`);
}

function carryCredentials(inputs: Tree | undefined, names: Names, draft: Draft): void {
  if (!inputs) return;
  const credentials = textInputs(inputs, names);
  const role = inputs.get('role-to-assume');
  const arn = credentials['role-to-assume'];
  if (role && arn !== undefined && !isOpen(arn)) {
    const mistake = mistakeInRole(arn);
    if (mistake !== undefined)
      draft.leave(role.where, `role-to-assume ${mistake}`, 'Name the role that the job assumes.');
  }
  if (arn === undefined && credentials['aws-access-key-id'] !== undefined)
    draft.leave(
      inputs.get('aws-access-key-id')?.where ?? inputs.where,
      'keys that live in secrets sign in: they are carried over as they are',
      'Better a role that the job assumes by OIDC.',
    );
  const before = draft.carriedWorkflow.credentials;
  if (before && JSON.stringify(before) !== JSON.stringify(credentials))
    draft.leave(
      inputs.where,
      'another step signs in otherwise: the first one is taken for both jobs',
      'Name them by --build-role and --deploy-role.',
    );
  else draft.workflow({ credentials });
  const region = credentials['aws-region'];
  if (region !== undefined && !isOpen(region))
    draft.set('region', region, inputs.get('aws-region')?.where ?? inputs.where);
}

function textInputs(inputs: Tree, names: Names): Readonly<Record<string, string>> {
  return Object.fromEntries(inputs.entries.map(([key, value]) => [key, filled(value.text ?? '', names)]));
}

/** How packages are cached is ours to say. */
function nodeInputs(inputs: Tree, names: Names): Readonly<Record<string, string>> {
  const all = Object.entries(textInputs(inputs, names)).filter(
    ([key]) => key !== 'cache' && key !== 'cache-dependency-path',
  );
  return Object.fromEntries(all);
}

/** Commands whose work lading or its workflow does. */
const done = [
  /^(?:npm|pnpm|yarn|bun) (?:ci|install|i)\b/,
  /^(?:npm|pnpm|yarn|bun) (?:run )?build\b/,
  /^yarn$/,
  /^corepack enable\b/,
  /^docker (?:login|logout|version|info|images|pull)\b/,
  /^aws (?:ecr get-login|sts get-caller-identity)/,
  /^(?:set|echo|cat|ls|pwd|env|printf|true|exit)\b/,
];

function carryRun(step: Tree, names: Names, place: Place): void {
  const run = step.get('run');
  if (!run) return place.draft.leave(step.where, 'a step that neither uses nor runs anything');
  const env = new Map(names.env);
  const here: Names = { env, outputs: names.outputs };
  const cwd = filled(step.get('working-directory')?.text ?? '', names);
  for (const command of commandsOf(run, place.name)) carryCommand(command, { step, here, env, cwd, place });
}

interface Script {
  readonly step: Tree;
  readonly here: Names;
  readonly env: Map<string, string>;
  readonly cwd: string;
  readonly place: Place;
}

function carryCommand(command: ShellCommand, { step, here, env, cwd, place }: Script): void {
  const { draft, outputs } = place;
  const { words, text, where, into } = command;
  const [, name, value] = /^(?:export )?(\w+)=(.*)$/s.exec(text) ?? [];
  const id = step.get('id')?.text;
  if (name !== undefined && (words[0] === 'export' || words.length === 1)) {
    env.set(name, expanded(value ?? '', here));
  } else if (words[0] === 'echo' && into !== undefined && /GITHUB_(?:OUTPUT|ENV)/.test(into)) {
    const [, key = '', said = ''] = /^echo (?:-n )?([\w-]+)=(.*)$/s.exec(text) ?? [];
    if (/ENV/.test(into)) env.set(key, expanded(said, here));
    else if (id !== undefined) outputs.set(`${id}.${key}`, expanded(said, here));
  } else if (/^docker (?:buildx )?build\b/.test(text)) {
    const at = words.indexOf('build') + 1;
    carryDockerBuild({ ...command, words: words.slice(at) }, here, cwd, draft);
  } else if (/^docker (?:push|tag)\b/.test(text)) carryDockerNames(command, here, draft);
  else if (/^aws ecs\b/.test(text) && carryAwsEcs(command, here, draft)) return;
  else if (!done.some((one) => one.test(text)))
    draft.leave(where, `run: ${text}`, 'Add it to the job image or deploy where it is needed.');
}
