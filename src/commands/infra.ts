import { defineCommand } from '../base/declare/command.js';
import { input } from '../base/declare/input.js';
import type { ApplyResult, InfraResult, OutputResult, PlanResult } from '../ground/infra/result.js';
import type { InitResult } from '../ground/infra/init.js';
import { ownerInput } from './inputs/infra-owner.js';
import { lockTimeoutInput, stackInputs, stateInputs } from './inputs/infra.js';
import { infraApplyNeeds, infraPlanNeeds } from './needs/infra.js';

const DESCRIPTION =
  'The stacks `registry` and `service` are Terraform in a folder of yours: `lading infra init` writes them, and from ' +
  'then on they are yours. Terraform or OpenTofu, 1.10 or newer, must be installed.';

type OutputText = OutputResult & { readonly text: string };

/** Later jobs get them by `outputs:` of the job. GitHub drops one that has a secret in it, as an account id may be. */
const stackOutputs = {
  name: '<output>',
  summary: 'each output of the stack that is no secret, as `repository_name`; lists and maps as JSON',
  of: ({ outputs }: Pick<OutputResult, 'outputs'>) => outputTexts(outputs),
};

export const infraInit = defineCommand({
  name: 'infra init',
  beforeStacks: true,
  summary: 'Writes a stack of Terraform to own, and connects it with its state',
  description: DESCRIPTION,
  inputs: {
    ...stateInputs,
    ...stackInputs,
    ...ownerInput,
    'dry-run': input.boolean('Tell which files would be written', { default: false, key: false }),
  },
  needs: { aws: infraPlanNeeds },
  examples: [{ command: 'lading infra init service', about: 'The files under infra/service' }],
  async run(values, context, origins): Promise<InitResult> {
    const { parseInfraRequest } = await import('../ground/infra/request.js');
    const { initInfra } = await import('../ground/infra/init.js');
    return initInfra(parseInfraRequest(values, context, origins), values, context);
  },
  text: ({ files }) => files.map(({ path, action }) => `${action.padEnd(9)}  ${path}`).join('\n'),
});

export const infraPlan = defineCommand({
  name: 'infra plan',
  beforeStacks: true,
  summary: 'Says what an apply of a stack would do, and saves it for one',
  description: DESCRIPTION,
  inputs: {
    ...stateInputs,
    ...stackInputs,
    ...lockTimeoutInput,
    out: input.path('File that the plan is saved to; under `.lading` when left out. It may hold secrets', {
      placeholder: 'FILE',
      key: false,
    }),
    check: input.boolean('End with exit code 10 when something would change', { default: false, key: false }),
    comment: input.boolean('Put the plan into one comment of the pull request, which later runs renew', {
      default: false,
      key: 'infra.comment',
    }),
    'pull-request': input.integer('Which pull request; that of the run when left out', {
      placeholder: 'N',
      key: false,
    }),
    'github-token': input.string(
      'Token that may write comments; `GH_TOKEN` and `GITHUB_TOKEN` are read when it is not given',
      { secret: true, key: false },
    ),
    'lock-state': input.boolean('Lock the state meanwhile: not for who may only read', {
      default: true,
      key: 'infra.lock-state',
    }),
  },
  needs: { aws: infraPlanNeeds },
  examples: [
    { command: 'lading infra plan service', about: 'What would change' },
    {
      command: 'lading infra plan service --check --no-lock-state',
      about: 'In a pull request, by a role that only reads',
    },
  ],
  outputs: {
    clean: { summary: 'Nothing would change', of: ({ clean }: PlanResult) => clean },
    plan: { summary: 'File of the plan, for `infra apply`', of: ({ file }: PlanResult) => file },
  },
  action: true,
  async run(values, context, origins): Promise<PlanResult & { readonly check: boolean }> {
    const { parseInfraRequest } = await import('../ground/infra/request.js');
    const { planInfra } = await import('../ground/infra/plan.js');
    return { ...(await planInfra(parseInfraRequest(values, context, origins), values, context)), check: values.check };
  },
  text: (result) => planText(result),
  exitCode: ({ clean, check }) => (check && !clean ? 10 : 0),
});

export const infraApply = defineCommand({
  name: 'infra apply',
  beforeStacks: true,
  summary: 'Plans a stack, and applies that plan',
  description: DESCRIPTION,
  inputs: {
    ...stateInputs,
    ...stackInputs,
    ...lockTimeoutInput,
    plan: input.path('Plan that `lading infra plan` has saved: it and nothing else is applied', {
      placeholder: 'FILE',
      key: false,
    }),
    'dry-run': input.boolean('Say what would happen, and change nothing', { default: false, key: false }),
  },
  needs: { aws: infraApplyNeeds },
  examples: [
    { command: 'lading infra apply registry', about: 'The repository for the images' },
    { command: 'lading infra apply service --image shop:3f2a91c', about: 'The service, the first time' },
  ],
  effects: { outputs: [stackOutputs] },
  action: true,
  async run(values, context, origins): Promise<ApplyResult> {
    const { parseInfraRequest } = await import('../ground/infra/request.js');
    const { applyInfra } = await import('../ground/infra/apply.js');
    return applyInfra(parseInfraRequest(values, context, origins), values, context);
  },
  text: applyText,
});

export const infraDestroy = defineCommand({
  name: 'infra destroy',
  beforeStacks: true,
  summary: 'Takes away all that a stack has made',
  description: DESCRIPTION,
  inputs: {
    ...stateInputs,
    ...stackInputs,
    ...lockTimeoutInput,
    confirm: input.string('Its name once more: without it nothing is destroyed', { placeholder: 'NAME', key: false }),
    'dry-run': input.boolean('Say what would happen, and change nothing', { default: false, key: false }),
  },
  needs: { aws: infraApplyNeeds },
  examples: [{ command: 'lading infra destroy service --dry-run', about: 'What would be gone' }],
  async run(values, context, origins): Promise<ApplyResult> {
    const { parseInfraRequest } = await import('../ground/infra/request.js');
    const { destroyInfra } = await import('../ground/infra/apply.js');
    return destroyInfra(parseInfraRequest(values, context, origins), values, context);
  },
  text: applyText,
});

export const infraOutput = defineCommand({
  name: 'infra output',
  beforeStacks: true,
  summary: 'Tells what a stack hands on to later jobs',
  description: `${DESCRIPTION} Sensitive outputs are named, and not told.`,
  inputs: {
    ...stateInputs,
    output: input.string('Only this one, as it is', { placeholder: 'NAME', key: false }),
  },
  needs: { aws: infraPlanNeeds },
  examples: [
    { command: 'lading infra output service --json', about: 'All of them' },
    { command: 'lading infra output registry --output repository_name', about: 'One, for a script' },
  ],
  effects: { outputs: [stackOutputs] },
  action: true,
  async run(values, context, origins): Promise<OutputText> {
    const { parseInfraRequest } = await import('../ground/infra/request.js');
    const { pickOutput, readInfraOutputs } = await import('../ground/infra/output.js');
    const { outputLines } = await import('../ground/infra/result.js');
    const result = await readInfraOutputs(parseInfraRequest(values, context, origins), context);
    const { output } = values;
    return { ...result, text: output === undefined ? outputLines(result.outputs) : pickOutput(result, output) };
  },
  text: ({ text }: OutputText) => text,
});

export const infraUnlock = defineCommand({
  name: 'infra unlock',
  beforeStacks: true,
  summary: 'Frees the lock of a state whose holder is dead',
  description: DESCRIPTION,
  inputs: {
    ...stateInputs,
    'lock-id': input.string('Id of the lock, as the error tells it', {
      placeholder: 'ID',
      required: true,
      key: false,
    }),
  },
  needs: { aws: infraApplyNeeds },
  examples: [
    {
      command: 'lading infra unlock service --lock-id 3f0c1a52-9d1e-4a53-b3a6-4f1c1c4f2d11',
      about: 'After a run that was killed',
    },
  ],
  async run(values, context, origins): Promise<InfraResult> {
    const { parseInfraRequest } = await import('../ground/infra/request.js');
    const { unlockInfra } = await import('../ground/infra/output.js');
    return unlockInfra(parseInfraRequest(values, context, origins), values.lockId, context);
  },
  text: ({ state }) => `unlocked  s3://${state.bucket}/${state.key}`,
});

function planText({ stack, name, clean, counts, file }: PlanResult): string {
  const what = clean ? 'no changes' : `${counts.add} to add, ${counts.change} to change, ${counts.destroy} to destroy`;
  return [`${stack} of ${name}: ${what}`, ...(file === undefined ? [] : [`plan  ${file}`])].join('\n');
}

function applyText(result: ApplyResult): string {
  const { applied, outputs, dryRun } = result;
  if (dryRun) return planText(result);
  const done = applied?.counts ?? { add: 0, change: 0, destroy: 0 };
  const head = applied ? `${done.add} added, ${done.change} changed, ${done.destroy} destroyed` : 'unchanged';
  const lines = Object.entries(outputs).map(([name, value]) => `${name} = ${String(value)}`);
  return [`${result.stack} of ${result.name}: ${head}`, ...lines].join('\n');
}

function outputTexts(outputs: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const texts = Object.entries(outputs).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return Object.fromEntries(texts) as Readonly<Record<string, string>>;
}
