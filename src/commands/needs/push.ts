import type { AwsNeed } from './policy.js';

/** What a push needs to be allowed on ECR. */
export const pushNeeds = [
  { action: 'ecr:GetAuthorizationToken', resource: '*', why: 'to log in to the registry' },
  { action: 'ecr:BatchCheckLayerAvailability', resource: 'repository', why: 'to see which layers are there' },
  { action: 'ecr:InitiateLayerUpload', resource: 'repository', why: 'to send a layer' },
  { action: 'ecr:UploadLayerPart', resource: 'repository', why: 'to send a layer' },
  { action: 'ecr:CompleteLayerUpload', resource: 'repository', why: 'to send a layer' },
  { action: 'ecr:PutImage', resource: 'repository', why: 'to send the manifest' },
  {
    action: 'ecr:BatchGetImage',
    resource: 'repository',
    why: 'to use the layers of the previous image again',
    optional: true,
  },
  {
    action: 'ecr:GetDownloadUrlForLayer',
    resource: 'repository',
    why: 'to mount layers of a base image',
    optional: true,
  },
] as const satisfies readonly AwsNeed[];
