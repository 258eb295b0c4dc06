import type { AwsNeed } from './policy.js';
import { pushNeeds } from './push.js';

/** Reading an image where it lies, beside what a push needs where it goes. */
export const promoteNeeds = [
  ...pushNeeds.filter(({ action }) => !/BatchGetImage|GetDownloadUrlForLayer/.test(action)),
  { action: 'ecr:BatchGetImage', resource: 'repository', why: 'to read the manifests, there and here' },
  { action: 'ecr:GetDownloadUrlForLayer', resource: 'repository', why: 'to read or mount the layers' },
  {
    action: 'ecr:DescribeImages',
    resource: 'repository',
    why: 'to tell an image that is archived from one that is not there',
    optional: true,
  },
] as const satisfies readonly AwsNeed[];
