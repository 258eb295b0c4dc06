import { input } from '../../base/declare/input.js';
import { gitHubInputs } from './github.js';

/** Which secrets a rotation keeps fresh, for a verb that looks after them. */
export const rotationCheckInputs = {
  'rotate-to': input.list('Where `rotate` keeps a secret fresh: its age is looked at', {
    placeholder: 'TARGET',
    key: 'rotate.to',
  }),
  'rotate-secret': input.string('Name of that secret', {
    placeholder: 'NAME',
    default: 'ECR_PASSWORD',
    key: 'rotate.secret',
  }),
  'rotate-max-age': input.duration('Age from which it is stale', {
    placeholder: 'TIME',
    default: 28_800_000,
    key: 'rotate.max-age',
  }),
  'rotate-workflow': input.string('File name of the workflow that rotates it', {
    placeholder: 'FILE',
    default: 'rotate-ecr-password.yml',
    key: 'rotate.workflow',
  }),
  ...gitHubInputs,
};
