import { rotationInTheRun } from './in-the-run.js';
import type { WorkflowRequest } from './request.js';
import { rolePolicy, roleTrust, type WorkflowHome } from './role.js';
import { scheduledRotation } from './scheduled.js';
import type { WorkflowFile } from './steps.js';

export interface WorkflowPlan {
  readonly files: readonly WorkflowFile[];
  readonly role: {
    readonly arn: string;
    readonly policy: ReturnType<typeof rolePolicy>;
    readonly trust: ReturnType<typeof roleTrust>;
  };
  /** What a person still has to do, a sentence each. */
  readonly steps: readonly string[];
}

/** The files of the form that was asked for, and the role that fits them. */
export function planWorkflows(request: WorkflowRequest, home: WorkflowHome): WorkflowPlan {
  const files = request.form === 'schedule' ? scheduledRotation(request) : rotationInTheRun(request);
  const role = { arn: request.role, policy: rolePolicy(request), trust: roleTrust(request, home) };
  return { files, role, steps: stepsOf(request, home) };
}

function stepsOf({ form, identity, environment, branch }: WorkflowRequest, home: WorkflowHome): readonly string[] {
  const where = form === 'environment' ? `the environment ${environment}` : 'the repository';
  const ids =
    home.repositoryId === 'REPOSITORY_ID'
      ? [`Fill the ids into the trust: gh api repos/${home.repository} --jq '"\\(.owner.id) \\(.id)"'`]
      : [];
  return [
    'Give the role the policy and the trust below.',
    ...ids,
    identity === 'app'
      ? `Put the App's id into the variable LADING_APP_ID and its key into the secret LADING_APP_KEY of ${where}.`
      : `Put a token that may write the secrets into the secret LADING_TOKEN of ${where}.`,
    form === 'schedule'
      ? `Push the files to ${branch}: that starts the first rotation.`
      : 'Push the file: the run makes its own password.',
  ];
}
