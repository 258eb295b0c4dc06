import { parseArn } from '../../../aws/arn.js';
import { ecrPlace } from './image-place.js';
import type { ServiceScene } from './scene.js';

/** One thing that the execution role must be allowed. */
export interface Right {
  readonly action: string;
  readonly resource: string;
  /** `to pull the image of app` */
  readonly why: string;
  /** On EC2 the role of the instance may do it instead. */
  readonly ofInstance: boolean;
}

const PULL = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];

/**
 * What starting a task takes of its execution role. A repository of another account asks its own policy, too, which is
 * not looked at. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
 */
export function executionRights(scene: ServiceScene): readonly Right[] {
  const { task, region, partition, account } = scene;
  const rights: Right[] = [];
  for (const container of task.containers) {
    const place = ecrPlace(container.image, scene);
    if (place) {
      const why = `to pull the image of ${container.name}`;
      const owner = place.account ?? account;
      const arn = `arn:${partition}:ecr:${place.region}:${owner}:repository/${place.name}`;
      rights.push({ action: 'ecr:GetAuthorizationToken', resource: '*', why, ofInstance: true });
      for (const action of PULL) rights.push({ action, resource: arn, why, ofInstance: true });
    }
    const { driver, options = {} } = container.log ?? {};
    const group = options['awslogs-group'];
    if (driver === 'awslogs' && group !== undefined) {
      const arn = `arn:${partition}:logs:${options['awslogs-region'] ?? region}:${account}:log-group:${group}:*`;
      const why = `to write the log of ${container.name}`;
      const actions = ['logs:CreateLogStream', 'logs:PutLogEvents'];
      if (options['awslogs-create-group'] === 'true') actions.push('logs:CreateLogGroup');
      for (const action of actions) rights.push({ action, resource: arn, why, ofInstance: true });
    }
    for (const { name, valueFrom } of container.secrets) {
      const right = secretRight(valueFrom, scene);
      if (right) rights.push({ ...right, why: `to read the secret ${name} of ${container.name}`, ofInstance: false });
    }
  }
  const once = new Map(rights.map((right) => [`${right.action} ${right.resource}`, right]));
  return [...once.values()];
}

function secretRight(
  valueFrom: string,
  { region, partition, account }: ServiceScene,
): Pick<Right, 'action' | 'resource'> | undefined {
  const arn = parseArn(valueFrom);
  if (arn?.service === 'secretsmanager')
    return { action: 'secretsmanager:GetSecretValue', resource: secretArnOf(valueFrom) };
  if (arn?.service === 'ssm') return { action: 'ssm:GetParameters', resource: valueFrom };
  if (arn !== undefined) return undefined;
  const name = valueFrom.replace(/^\//, '');
  return { action: 'ssm:GetParameters', resource: `arn:${partition}:ssm:${region}:${account}:parameter/${name}` };
}

/** Without the key, the stage and the version that a reference may name: `arn:…:secret:NAME-abcdef:key:stage:version`. */
export function secretArnOf(valueFrom: string): string {
  return valueFrom.split(':').slice(0, 7).join(':');
}
