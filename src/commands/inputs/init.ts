import { input } from '../../base/declare/input.js';
import type { InitResult } from '../../ground/init/init.js';

/** Whether files may be written. */
export const writeInputs = {
  force: input.boolean('Replace files that are there and differ', { key: false }),
  'dry-run': input.boolean('Show what would be written, and write nothing', { key: false }),
} as const;

/** What a repository that lading ships is made of; shared by what `init` writes. No key: they make the file of keys. */
export const initInputs = {
  app: input.path('Folder of the app; found when it is the only one', { placeholder: 'DIR', key: false }),
  to: input.string('Repository that images go to', { placeholder: 'REPOSITORY', key: false }),
  cluster: input.string('ECS cluster', { placeholder: 'CLUSTER', key: false }),
  service: input.string('ECS service', { placeholder: 'SERVICE', key: false }),
  container: input.string('Container that gets the image; found by the repository when left out', {
    placeholder: 'NAME',
    key: false,
  }),
  region: input.string('AWS region; that of the repository when left out', { placeholder: 'REGION', key: false }),
} as const;

/** What its workflows say. */
export const workflowInputs = {
  'build-role': input.string('Role that pushes the image; the variable `AWS_ROLE_BUILD` when left out', {
    placeholder: 'ARN',
    key: false,
  }),
  'deploy-role': input.string('Role that deploys it; the variable `AWS_ROLE_DEPLOY` when left out', {
    placeholder: 'ARN',
    key: false,
  }),
  'github-environment': input.string(
    'GitHub’s environment of the job that deploys, with its approvals; `production`, which the role of lading bootstrap trusts, when no role is named',
    {
      placeholder: 'NAME',
      key: false,
    },
  ),
  branch: input.string('Branch that is shipped; the default one of `origin` when left out', {
    placeholder: 'NAME',
    key: false,
  }),
  action: input.string('lading’s own actions: a release, or a commit by its digest', {
    placeholder: 'OWNER/REPO@REF',
    key: false,
  }),
  ...writeInputs,
} as const;

/** `created    lading.yml`, a line each. */
export function filesText({ files }: Pick<InitResult, 'files'>): string {
  return files.map(({ path, action }) => `${action.padEnd(9)}  ${path}`).join('\n');
}
