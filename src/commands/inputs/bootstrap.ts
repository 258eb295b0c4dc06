import { input } from '../../base/declare/input.js';
import { imagesInput } from './release.js';
import { serviceInputs } from './service.js';
import { servicesInput } from './services.js';
import { targetInputs } from './target.js';
import { statePlaceInputs } from './state.js';

const { only: _, ...services } = servicesInput;

/** What the pipeline stands on: where it runs, what it may touch, where the states of its stacks are. */
export const bootstrapInputs = {
  repository: input.string('Repository that the pipeline runs in; that of the remote `origin` when left out', {
    placeholder: 'OWNER/REPO',
  }),
  ci: input.choice('Who runs the pipeline', ['github', 'gitlab', 'circleci'], { default: 'github' }),
  branch: input.string('Branch whose pushes count; the default branch when left out', { placeholder: 'NAME' }),
  'github-environment': input.list(
    'Environment of GitHub whose jobs deploy; that of `--environment`, else `production` when left out',
    { placeholder: 'NAME' },
  ),
  'repository-id': input.string('Id of the repository, where GitHub cannot be asked', { placeholder: 'ID' }),
  'owner-id': input.string('Id of its owner, where GitHub cannot be asked', { placeholder: 'ID' }),
  'organization-id': input.string('Id of the organization at CircleCI', { placeholder: 'ID' }),
  'project-id': input.string('Id of the project at CircleCI', { placeholder: 'ID' }),
  issuer: input.string('Who signs the tokens of the jobs, for servers of your own', { placeholder: 'HOST' }),
  audience: input.string('Whom those tokens are for, when the job asks for another one', { placeholder: 'TEXT' }),
  name: input.string('What all of it is named by; the service, else the repository when left out', {
    placeholder: 'NAME',
    key: 'infra.name',
  }),
  'ecr-repository': input.string('Repository for the images; that of `push.to`, else the name when left out', {
    placeholder: 'NAME',
    key: 'infra.repository',
  }),
  ...statePlaceInputs,
  variables: input.boolean(
    'Put the ARNs into variables of the repository; done when there is a token, demanded by this',
    { key: false },
  ),
  destroy: input.boolean('Take away what was made, and nothing else', { default: false, key: false }),
  confirm: input.string('The name once more: without it nothing is taken away', { placeholder: 'NAME', key: false }),
  'dry-run': input.boolean('Show the plan, and change nothing', { default: false, key: false }),
  ...serviceInputs,
  ...targetInputs,
  ...imagesInput,
  ...services,
} as const;
