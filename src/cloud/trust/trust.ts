import type { PolicyDocument } from '../document.js';
import type { Job, Pipeline } from './subjects.js';
import { subjectsOf } from './subjects.js';

/** AWS knows further claims as condition keys for GitHub's own issuer alone. */
export const gitHubIssuer = 'token.actions.githubusercontent.com';

/**
 * Who may assume a role: these jobs, and no other. The repository is also pinned by its id, which nobody gets who takes
 * its name later. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
 */
export function trustOf(pipeline: Pipeline, jobs: readonly Job[], provider: string): PolicyDocument {
  const { issuer, audience } = pipeline;
  const { operator, values } = subjectsOf(pipeline, jobs);
  const subjects = { [`${issuer}:sub`]: values };
  const equal = {
    [`${issuer}:aud`]: audience,
    ...(operator === 'StringEquals' ? subjects : {}),
    ...(pipeline.ci === 'github' && pipeline.ids !== undefined && issuer === gitHubIssuer
      ? { [`${issuer}:repository_id`]: pipeline.ids.repository }
      : {}),
  };
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: provider },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: equal, ...(operator === 'StringLike' ? { StringLike: subjects } : {}) },
      },
    ],
  };
}
