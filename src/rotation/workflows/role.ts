import { pullActions } from '../registries/probe.js';
import type { WorkflowRequest } from './request.js';

/** The repository that the workflows run in. */
export interface WorkflowHome {
  /** `acme/shop`; words in capitals stand for what is not known. */
  readonly repository: string;
  /** `17@4711`: of the owner and of the repository. */
  readonly ownerId: string;
  readonly repositoryId: string;
  /** Who signs the tokens, without the scheme. */
  readonly issuer: string;
}

interface Policy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Readonly<Record<string, unknown>>[];
}

/**
 * What the role may do. The password carries its rights: without those to pull, a job logs in and is refused the image.
 */
export function rolePolicy({ registries, role }: WorkflowRequest): Policy {
  const partition = role.split(':')[1] ?? 'aws';
  const repositories = registries.flatMap(({ account, region, images }) =>
    images.map(({ repository }) => `arn:${partition}:ecr:${region}:${account}:repository/${repository}`),
  );
  return {
    Version: '2012-10-17',
    Statement: [
      { Sid: 'Login', Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
      { Sid: 'Pull', Effect: 'Allow', Action: [...pullActions], Resource: [...new Set(repositories)] },
    ],
  };
}

/**
 * Who may assume the role: the job of the form that is written, and no other. Both forms of `sub` stand there, exact: the
 * second is that of repositories that were made, renamed or moved after 2026-07-15.
 * https://docs.github.com/actions/reference/security/oidc
 */
export function roleTrust(request: WorkflowRequest, home: WorkflowHome): Policy {
  const [, partition = 'aws', , , account = 'ACCOUNT'] = request.role.split(':');
  const [owner = 'OWNER', name = 'REPO'] = home.repository.split('/');
  // A colon within a value is encoded.
  const tail =
    request.form === 'schedule'
      ? `ref:refs/heads/${request.branch}`
      : `environment:${request.environment.replaceAll(':', '%3A')}`;
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: `arn:${partition}:iam::${account}:oidc-provider/${home.issuer}` },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: {
            [`${home.issuer}:aud`]: 'sts.amazonaws.com',
            [`${home.issuer}:sub`]: [
              `repo:${owner}/${name}:${tail}`,
              `repo:${owner}@${home.ownerId}/${name}@${home.repositoryId}:${tail}`,
            ],
          },
        },
      },
    ],
  };
}
