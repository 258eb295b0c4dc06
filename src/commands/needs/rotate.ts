import { pullActions } from '../../rotation/registries/probe.js';
import type { AwsNeed } from './policy.js';

/** What a rotation needs to be allowed on ECR. */
export const rotateNeeds: readonly AwsNeed[] = [
  { action: 'ecr:GetAuthorizationToken', resource: '*', why: 'to get the password of the registry' },
  ...pullActions.map((action) => ({
    action,
    resource: 'repository' as const,
    why: 'so that jobs can pull: the password carries the rights of the role',
  })),
];
