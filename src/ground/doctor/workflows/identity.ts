import type { Check } from '../check.js';
import type { Finding } from '../finding.js';
import { wrong } from '../finding.js';
import type { FilesScene } from '../files.js';
import type { Job, Permissions, Step, Workflow } from './workflow.js';
import { actionOf, withoutExpressions } from './workflow.js';

/** How workflows sign in to AWS. */
export const workflowIdentityChecks: readonly Check<FilesScene>[] = [
  { id: 'workflow/role', title: 'The roles that workflows take', run: ({ workflows }) => workflows.flatMap(roles) },
  {
    id: 'workflow/id-token',
    title: 'The permission to ask for a token',
    run: ({ workflows }) => workflows.flatMap(idTokens),
  },
];

const SIGN_IN = 'aws-actions/configure-aws-credentials';

/** Steps that take a role, with the role as it stands. */
export function signIns(job: Job): readonly { readonly step: Step; readonly role: NonNullable<Step['uses']> }[] {
  return job.steps.flatMap((step) => {
    const role = step.with.get('role-to-assume');
    return role && actionOf(step.uses?.text ?? '')?.name === SIGN_IN ? [{ step, role }] : [];
  });
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html; `*` stands for an expression. */
const ROLE = /^arn:aws[\w-]*:iam::(\d{12}|\*):role\/[\w+=,.@/*-]+$/;

function roles(workflow: Workflow): readonly Finding[] {
  return workflow.jobs.flatMap((job) =>
    signIns(job).flatMap(({ step, role }) => {
      // One that lacks its $ is told as that.
      const literal = withoutExpressions(role.text.replace(/(?<!\$)\{\{/g, '${{'));
      // What is one expression is known to GitHub alone.
      if (/^\**$/.test(literal) || ROLE.test(literal)) return [];
      const problem = problemOf(literal, step.with.has('aws-access-key-id'));
      if (!problem) return [];
      const [what, fix] = problem;
      return [wrong('workflow/role', `role-to-assume ${what}: ${role.text}`, { at: workflow.place(role.start), fix })];
    }),
  );
}

function problemOf(role: string, hasKeys: boolean): readonly [string, string] | undefined {
  if (role.includes(':oidc-provider/'))
    return [
      'names the identity provider, not a role',
      'Write the ARN of the role that trusts it, as arn:aws:iam::123456789012:role/deploy.',
    ];
  if (role.includes(':assumed-role/'))
    return [
      'names a session of a role, not the role',
      'Write arn:aws:iam::ACCOUNT:role/NAME, without sts, assumed-role and the name of the session.',
    ];
  if (/^[\w+=,.@*-]+$/.test(role)) {
    // With keys the action takes the account from them.
    return hasKeys
      ? undefined
      : ['is a bare name, and without keys nobody knows its account', `Write arn:aws:iam::ACCOUNT:role/${role}.`];
  }
  if (/^arn:.*:user\//.test(role))
    return [
      'names a user, and only roles can be taken',
      'Make a role that trusts GitHub, by lading bootstrap, and write its ARN.',
    ];
  return ['is no ARN of a role', 'Write it as arn:aws:iam::123456789012:role/deploy.'];
}

/** https://docs.github.com/actions/reference/security/oidc: the token is given to jobs with `id-token: write`. */
function idTokens(workflow: Workflow): readonly Finding[] {
  // What is called has what its caller gives it.
  if (workflow.triggers.includes('workflow_call')) return [];
  return workflow.jobs.flatMap((job) => {
    const [first] = signIns(job).filter(
      ({ step }) => !step.with.has('aws-access-key-id') && !step.with.has('web-identity-token-file'),
    );
    if (!first || mayAsk(job.permissions ?? workflow.permissions)) return [];
    return [
      wrong('workflow/id-token', `the job ${job.name} takes a role by a token of GitHub, and may not ask for one`, {
        at: workflow.place(first.step.uses?.start ?? job.start),
        fix: `Give the job permissions: id-token: write, with contents: read when it checks out.`,
      }),
    ];
  });
}

function mayAsk(permissions: Permissions): boolean {
  if (!permissions) return false;
  return 'all' in permissions ? permissions.all === 'write-all' : permissions.of.get('id-token') === 'write';
}
