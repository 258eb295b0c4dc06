import type { Compat, CompatInput } from '../../base/declare/compat.js';
import { compatBoolean } from '../../base/declare/compat.js';
import { InputError } from '../../base/errors.js';
import type { RollOutResult } from '../../release/roll-out.js';

/** https://github.com/aws-actions/amazon-ecs-deploy-task-definition#aws-codedeploy-support */
const codeDeploy: CompatInput = {
  refuse:
    'lading drives the deployment controller ECS, which knows blue/green, linear and canary by itself; keep the other action for services of CODE_DEPLOY',
};
const volume: CompatInput = {
  refuse: 'lading sets no EBS volumes; a service keeps those that it has',
  unless: ['{}'],
};
const taskTags = 'lading run puts no tags and capacity providers on a task: it takes those of the service';

/** https://github.com/aws-actions/amazon-ecs-deploy-task-definition/blob/v2.6.3/action.yml */
export const amazonEcsDeployTaskDefinition: Compat<RollOutResult> = {
  action: 'aws-actions/amazon-ecs-deploy-task-definition',
  inputs: {
    'task-definition': { to: 'task-definition', summary: 'File with the task definition, as JSON or YAML' },
    'desired-count': { to: 'desired-count' },
    service: { to: 'service' },
    cluster: { to: 'cluster' },
    'wait-for-service-stability': {
      to: 'wait',
      summary: 'Wait until the deployment is SUCCESSFUL and its counts are right',
      values: {
        ...compatBoolean,
        true: 'stable',
        True: 'stable',
        TRUE: 'stable',
        false: 'none',
        False: 'none',
        FALSE: 'none',
      },
      default: 'false',
    },
    'wait-for-minutes': {
      to: 'timeout',
      summary: 'Longest time for the deployment in minutes, at most 360',
      text: minutes,
      default: '30',
    },
    'wait-max-delay-seconds': { ignore: 'lading looks every few seconds' },
    'max-retries': { ignore: 'what passes is tried again until the time is over' },
    'force-new-deployment': { to: 'force-new-deployment', values: compatBoolean },
    'keep-null-value-keys': { ignore: 'empty texts and lists are kept; only null is left out' },
    'enable-ecs-managed-tags': {
      refuse: 'lading leaves this setting of the service as it is; set it once where the service is made',
      unless: ['null'],
    },
    'propagate-tags': {
      refuse: 'lading leaves this setting of the service as it is; set it once where the service is made',
      unless: ['null'],
    },
    'service-managed-ebs-volume-name': volume,
    'service-managed-ebs-volume': volume,
    'codedeploy-appspec': codeDeploy,
    'codedeploy-application': codeDeploy,
    'codedeploy-deployment-group': codeDeploy,
    'codedeploy-deployment-description': codeDeploy,
    'codedeploy-deployment-config': codeDeploy,
    'run-task': { to: 'run-task', values: compatBoolean },
    'run-task-container-overrides': { to: 'run-task-overrides' },
    'run-task-security-groups': { to: 'run-task-security-group' },
    'run-task-subnets': { to: 'run-task-subnet' },
    'run-task-assign-public-IP': {
      to: 'run-task-public-ip',
      values: { ENABLED: 'true', DISABLED: 'false' },
    },
    'run-task-launch-type': { to: 'run-task-launch-type' },
    'run-task-capacity-provider-strategy': { refuse: taskTags, unless: ['[]'] },
    'run-task-started-by': { ignore: 'lading says by itself who started a task' },
    'run-task-tags': { refuse: taskTags, unless: ['[]'] },
    'run-task-managed-ebs-volume-name': volume,
    'run-task-managed-ebs-volume': volume,
    'wait-for-task-stopped': { to: 'run-task-wait', values: compatBoolean, default: 'false' },
  },
  outputs: {
    'run-task-arn': {
      summary: 'ARNs of the tasks that ran once, as a JSON array',
      of: ({ tasks }) =>
        tasks.length === 0
          ? undefined
          : JSON.stringify(tasks.flatMap((task) => (task.tasks ?? []).map(({ arn }) => arn))),
    },
  },
};

const MOST_MINUTES = 360;

function minutes(text: string): string {
  if (/^\d{1,9}$/.test(text) && Number(text) > 0) return `${Math.min(Number(text), MOST_MINUTES)}m`;
  throw new InputError({ where: '', message: `is a number of minutes, not ${JSON.stringify(text)}` });
}
