import type { AwsSession } from '../../aws/api.js';
import { lastName, parseArn } from '../../aws/arn.js';
import { partitionOf } from '../../aws/partition.js';
import type { Context } from '../../base/context.js';
import type { LadingError } from '../../base/errors.js';
import { ecsApi, readService } from '../../ecs/api.js';
import { readTaskSettings } from '../../ecs/definition/settings.js';
import { readServiceSettings } from '../../ecs/settings.js';
import { cannotTell, isFailedRead } from './check.js';
import type { Finding } from './finding.js';
import { wrong } from './finding.js';
import { openServiceReads } from './open-reads.js';
import type { ServicePlace } from './request.js';
import type { ServiceScene } from './service/scene.js';

/** The service with its definition; a finding when there is none, or it cannot be read. */
export async function openService(
  session: Pick<AwsSession, 'api' | 'region'>,
  { cluster, service: name }: ServicePlace,
  context: Context,
): Promise<ServiceScene | Finding> {
  const ecs = ecsApi(session.api('ecs'));
  try {
    const service = await readService(ecs, cluster, name);
    const settings = readServiceSettings(service);
    const definition = await ecs.taskDefinition(service.taskDefinition);
    return {
      env: context.env,
      now: context.clock.now(),
      region: session.region,
      partition: partitionOf(session.region).id,
      account: parseArn(service.serviceArn)?.account ?? '',
      cluster: lastName(service.clusterArn || cluster),
      service,
      settings,
      revision: lastPart(service.taskDefinition),
      task: readTaskSettings(definition, { fargate: settings.launch === 'FARGATE' }),
      reads: openServiceReads(session, context),
    };
  } catch (error) {
    if (!isFailedRead(error)) throw error;
    return isMissing(error)
      ? wrong('service', error.message, { fix: error.hint ?? 'Check cluster, service and region.' })
      : cannotTell('service', `the service ${cluster}/${name}`, error);
  }
}

function isMissing({ code }: LadingError): boolean {
  return code === 'SERVICE_MISSING' || code === 'CLUSTER_MISSING';
}

function lastPart(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

/** What stands for each kind of resource that verbs need, of the services that were found. */
export function resourcesOf(scenes: readonly ServiceScene[], places: (scene: ServiceScene) => readonly string[]) {
  const resources: Record<string, Set<string>> = {};
  const add = (kind: string, ...arns: readonly string[]) =>
    arns.forEach((arn) => (resources[kind] ??= new Set()).add(arn));
  for (const scene of scenes) {
    const { service, task, region, account, partition, cluster } = scene;
    const ecs = `arn:${partition}:ecs:${region}:${account}`;
    add('*', '*');
    add('repository', ...places(scene));
    add('service', service.serviceArn);
    add('cluster', '*');
    add('cluster-arn', service.clusterArn);
    add('task', `${ecs}:task/${cluster}/0123456789abcdef0123456789abcdef`);
    add('task-definition', `${ecs}:task-definition/${scene.revision.split(':')[0] ?? ''}:1`);
    add('role', ...[task.executionRole, task.taskRole].flatMap((arn) => arn ?? []));
    for (const { log } of task.containers) {
      const group = log?.options['awslogs-group'];
      if (group !== undefined)
        add('log-group', `arn:${partition}:logs:${region}:${account}:log-group:${group}:log-stream:x`);
    }
  }
  return Object.fromEntries(Object.entries(resources).map(([kind, arns]) => [kind, [...arns]]));
}
