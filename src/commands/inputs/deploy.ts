import { input } from '../../base/declare/input.js';
import { variableForm } from './container-forms.js';
import { serviceInputs } from './service.js';

/** How a service is deployed; shared by the verbs that do. */
export const deployInputs = {
  ...serviceInputs,
  'task-definition': input.path('Task definition as JSON or YAML, instead of the running one', {
    placeholder: 'FILE',
    key: 'deploy.task-definition',
  }),
  env: input.list('Variable of a container', { placeholder: 'CONTAINER:K=V', key: 'deploy.env', ...variableForm }),
  'force-new-deployment': input.boolean('Start new tasks even when nothing changed', { key: false }),
  'desired-count': input.integer('Number of tasks; left as it is when not given', { placeholder: 'N', key: false }),
  wait: input.choice(
    'What to wait for: `stable` adds the counts, `drained` the end of the old tasks',
    ['deployed', 'stable', 'drained', 'none'],
    { default: 'deployed', key: 'deploy.wait' },
  ),
  'if-unchanged': input.choice(
    'When the service has this definition already, but its deployment did not end well: `attach` follows one that is in flight and begins another when it failed, `redeploy` begins another in any case, `report` begins none',
    ['attach', 'redeploy', 'report'],
    { default: 'attach', key: 'deploy.if-unchanged' },
  ),
  'fail-fast': input.boolean('Ask ECS to go back as soon as a failure is certain', {
    default: true,
    key: 'deploy.fail-fast',
  }),
  timeout: input.duration('Longest time for the deployment', {
    placeholder: 'DURATION',
    default: 900_000,
    key: 'deploy.timeout',
  }),
  'dry-run': input.boolean('Say what would happen, and change nothing', { key: false }),
} as const;
