import { defineCommand } from '../base/declare/command.js';
import { input } from '../base/declare/input.js';
import { say } from '../base/tell/report.js';
import type { AppliedFile } from '../rotation/workflows/apply.js';
import type { WorkflowPlan } from '../rotation/workflows/plan.js';

export interface InitRotateResult {
  readonly files: readonly AppliedFile[];
  /** The role that the workflows assume, with the policy and the trust that fit them. */
  readonly role: WorkflowPlan['role'];
  /** What a person still has to do. */
  readonly steps: readonly string[];
}

/** `lading init rotate`. */
export const initRotate = defineCommand({
  name: 'init rotate',
  summary: 'Writes the workflows that keep an ECR password fresh',
  description:
    'With `--form schedule` a rotation every three hours and a canary that runs a job in the image; with ' +
    '`--form environment` one workflow without a schedule, whose first job writes the secret that the second one uses. ' +
    'Both sign in to AWS by OIDC, and to GitHub as an App (variable `LADING_APP_ID`, secret `LADING_APP_KEY`) or, with ' +
    '`--identity token`, by a personal token (secret `LADING_TOKEN`). The policy and the trust of the role are printed.',
  inputs: {
    form: input.choice(
      'schedule: a secret that a schedule keeps fresh; environment: one that a job of the same run writes',
      ['schedule', 'environment'],
      { default: 'schedule', key: false },
    ),
    identity: input.choice('How GitHub is reached: as an App, or by a personal token', ['app', 'token'], {
      default: 'app',
      key: false,
    }),
    registry: input.list('Registry of the private image; several with the secret of each', {
      placeholder: '[SECRET=]ACCOUNT.REGION',
      required: true,
      key: false,
    }),
    image: input.list('Private image that jobs run in, without the registry; the first of each registry is tried', {
      placeholder: '[SECRET=]NAME:TAG',
      required: true,
      key: false,
    }),
    role: input.string('ARN of the IAM role that the workflow assumes by OIDC', {
      placeholder: 'ARN',
      required: true,
      key: false,
    }),
    to: input.list('Where the secret is needed, as for `lading rotate`; this repository when not given', {
      placeholder: 'TARGET',
      key: false,
    }),
    secret: input.string('Name of the secret', { placeholder: 'NAME', default: 'ECR_PASSWORD', key: false }),
    visibility: input.choice('Who in an organization may read the secret', ['all', 'private', 'selected'], {
      key: false,
    }),
    'selected-repository': input.list('Repository that may read it, with --visibility selected', {
      placeholder: 'OWNER/REPO',
      key: false,
    }),
    'secret-environment': input.string(
      'Environment whose secret is written, with --form environment; `ecr` when not given',
      {
        placeholder: 'NAME',
        key: false,
      },
    ),
    cron: input.string('When the schedule runs; `17 */3 * * *` when not given', { placeholder: 'CRON', key: false }),
    branch: input.string('Default branch of the repository, whose schedule runs; `main` when not given', {
      placeholder: 'NAME',
      key: false,
    }),
    action: input.string('lading’s own action: a release, or a commit by its digest', {
      placeholder: 'OWNER/REPO@REF',
      key: false,
    }),
    force: input.boolean('Replace workflows that are there and differ', { default: false, key: false }),
    'dry-run': input.boolean('Tell which files would be written', { default: false, key: false }),
  },
  examples: [
    {
      command:
        'lading init rotate --registry 123456789012.eu-central-1 --image ci/node:22 --role arn:aws:iam::123456789012:role/rotate',
      about: 'A rotation every three hours, and a canary',
    },
    {
      command:
        'lading init rotate --form environment --registry 123456789012.eu-central-1 --image ci/node:22 --role arn:aws:iam::123456789012:role/rotate',
      about: 'No schedule: the run itself makes the password',
    },
  ],
  async run(values, context): Promise<InitRotateResult> {
    const { parseWorkflowRequest } = await import('../rotation/workflows/request.js');
    const { readHome } = await import('../rotation/workflows/home.js');
    const { planWorkflows } = await import('../rotation/workflows/plan.js');
    const { applyWorkflows } = await import('../rotation/workflows/apply.js');
    const plan = planWorkflows(
      parseWorkflowRequest({ ...values, environment: values.secretEnvironment }),
      await readHome(context),
    );
    const files = await applyWorkflows(plan.files, context, values);
    for (const step of plan.steps) say(context.report, 'info', step);
    return { files, role: plan.role, steps: plan.steps };
  },
  text: ({ files, role }) =>
    [
      ...files.map(({ path, action }) => `${action.padEnd(9)}  ${path}`),
      `\nPolicy of ${role.arn}:`,
      JSON.stringify(role.policy, undefined, 2),
      `\nTrust of ${role.arn}:`,
      JSON.stringify(role.trust, undefined, 2),
    ].join('\n'),
});
