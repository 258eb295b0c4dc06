import { parseArn } from '../../aws/arn.js';
import type { AwsApi } from '../../aws/api.js';
import { isAwsFailure } from '../../aws/failure.js';
import type { Context } from '../../base/context.js';
import { say } from '../../base/tell/report.js';
import { ecsApi } from '../../ecs/api.js';
import { readTaskSettings } from '../../ecs/definition/settings.js';

/** A variable of a container whose value is a secret. */
export interface TaskSecret {
  readonly container: string;
  readonly name: string;
  readonly valueFrom: string;
}

/** What a service runs, as far as secrets are concerned. */
export interface RunningTask {
  /** `shop:12` */
  readonly revision: string;
  readonly containers: readonly string[];
  readonly secrets: readonly TaskSecret[];
  readonly executionRole: string | undefined;
}

/** Undefined when the service is not there, or may not be seen. */
export async function readRunningTask(
  api: AwsApi,
  cluster: string,
  service: string,
  { report }: Pick<Context, 'report'>,
): Promise<RunningTask | undefined> {
  const ecs = ecsApi(api);
  try {
    const found = await ecs.findService(cluster, service);
    if (found?.taskDefinition === undefined || found.status === 'INACTIVE') return undefined;
    const definition = await ecs.taskDefinition(found.taskDefinition);
    const settings = readTaskSettings(definition, { fargate: true });
    return {
      revision: found.taskDefinition.slice(found.taskDefinition.lastIndexOf('/') + 1),
      containers: settings.containers.map(({ name }) => name),
      secrets: settings.containers.flatMap((container) =>
        container.secrets.map(({ name, valueFrom }) => ({ container: container.name, name, valueFrom })),
      ),
      executionRole: settings.executionRole,
    };
  } catch (error) {
    if (isAwsFailure(error, 'not-found')) return undefined;
    if (!isAwsFailure(error, 'denied')) throw error;
    say(report, 'warning', `${error.message}: what ${service} refers to is not known`, error.hint);
    return undefined;
  }
}

/** Whether a reference of a task means this secret; a key, a stage and a version may follow its ARN. */
export function refersTo(valueFrom: string, { id, arn }: { readonly id: string; readonly arn: string }): boolean {
  if (parseArn(valueFrom) === undefined) return valueFrom === id || valueFrom === id.replace(/^\//, '');
  return valueFrom === arn || valueFrom.startsWith(`${arn}:`);
}
