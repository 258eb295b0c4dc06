import { parseRole } from '../../aws/identity/role-arn.js';
import type { Form } from '../../base/declare/input.js';
import { input } from '../../base/declare/input.js';

/** A role by its ARN or its name, as text. */
const roleForm: Form<string> = {
  parse(text) {
    parseRole(text);
    return text;
  },
  format: (role) => role,
};

/** Where in AWS, and as whom; shared by every verb that speaks to AWS. */
export const regionInput = {
  region: input.string('AWS region; `AWS_REGION` and the shared AWS configuration are read when it is not given', {
    placeholder: 'REGION',
    key: 'region',
  }),
  role: input.string(
    'Role to take first: by the ID token of the CI job, else with the credentials that are there; its name alone is one of their account',
    { placeholder: 'ARN', key: 'role', ...roleForm },
  ),
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
