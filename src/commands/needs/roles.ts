import { deployNeeds } from './deploy.js';
import { infraApplyNeeds, infraPlanNeeds } from './infra.js';
import { logsNeeds, statusNeeds } from './look.js';
import type { AwsNeed } from './policy.js';
import { promoteNeeds } from './promote.js';
import { pushNeeds } from './push.js';
import { rotateNeeds } from './rotate.js';
import { runNeeds, taskNeeds } from './run.js';

/** To find the digest of a tag. */
const resolveNeeds = [
  { action: 'ecr:GetAuthorizationToken', resource: '*', why: 'to find the digest of a tag' },
  { action: 'ecr:BatchGetImage', resource: 'repository', why: 'to find the digest of a tag' },
] as const satisfies readonly AwsNeed[];

/** The roles of a pipeline, by the verbs that they are for. */
export const roleNeeds = {
  build: [...pushNeeds, ...promoteNeeds],
  deploy: [...deployNeeds, ...resolveNeeds, ...taskNeeds, ...runNeeds, ...statusNeeds, ...logsNeeds],
  'infra-plan': infraPlanNeeds,
  'infra-apply': infraApplyNeeds,
  rotate: rotateNeeds,
} as const satisfies Readonly<Record<string, readonly AwsNeed[]>>;

/** Which role each verb is run with. */
export const roleVerbs: Readonly<Record<keyof typeof roleNeeds, readonly string[]>> = {
  build: ['build', 'push', 'promote'],
  deploy: ['deploy', 'status', 'rollback', 'logs', 'run'],
  'infra-plan': ['infra init', 'infra plan', 'infra output'],
  'infra-apply': ['infra apply', 'infra destroy', 'infra unlock'],
  rotate: ['rotate'],
};
