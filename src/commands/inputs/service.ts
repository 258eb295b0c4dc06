import { input } from '../../base/declare/input.js';

/** Which AWS region; shared by every verb that speaks to AWS. */
export const regionInput = {
  region: input.string('AWS region; `AWS_REGION` and the shared AWS configuration are read when it is not given', {
    placeholder: 'REGION',
    key: 'region',
  }),
};

/** Which ECS service; shared by every verb that looks at or changes one. */
export const serviceInputs = {
  cluster: input.string('ECS cluster, by name or ARN', {
    placeholder: 'CLUSTER',
    default: 'default',
    key: 'deploy.cluster',
  }),
  service: input.string('ECS service, by name or ARN', {
    placeholder: 'SERVICE',
    key: 'deploy.service',
  }),
  ...regionInput,
};
