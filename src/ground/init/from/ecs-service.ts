import { lastName } from '../../../aws/arn.js';
import { isEcrHost } from '../../../aws/ecr.js';
import type { Environment } from '../../../base/environment.js';
import type { EcsApi, Place } from '../../../ecs/api.js';
import { readService } from '../../../ecs/api.js';
import type { ContainerDefinition, Service, TaskDefinition } from '../../../ecs/shapes.js';
import type { Reference } from '../../../oci/reference.js';
import { parseReference, repositoryName } from '../../../oci/reference.js';
import type { Settings } from '../settings.js';
import type { Carried, Leftover } from './carried.js';

/** What a service in ECS says of how it is deployed. What it runs stays its own: each release changes the image alone. */
export async function carryService(ecs: EcsApi, { cluster, service: name }: Place, env: Environment): Promise<Carried> {
  const service = await readService(ecs, cluster, name);
  const definition = await ecs.taskDefinition(service.taskDefinition);
  const place = `${lastName(cluster)}/${service.serviceName}`;
  const leftovers: Leftover[] = [...controllerOf(service, place)];
  const { container, repository } = chooseContainer(service, definition, { env, leftovers });
  const platform = platformOf(definition, leftovers);
  const settings: Settings = {
    region: ecs.region,
    'deploy.cluster': lastName(cluster),
    'deploy.service': service.serviceName,
    ...(repository && { 'push.to': repositoryName(repository) }),
    ...(definition.containerDefinitions.length > 1 && container && { 'deploy.container': container.name }),
    ...(platform && { 'build.platform': platform }),
  };
  return { source: `the ECS service ${place}`, settings, workflow: {}, leftovers };
}

function controllerOf(service: Service, place: string): readonly Leftover[] {
  const type = service.deploymentController?.type ?? 'ECS';
  if (type === 'ECS') return [];
  const hint = 'Move the service to the deployment controller ECS, which has blue/green and canary, too.';
  return [
    { where: `service ${place}`, what: `its deployments are made by ${type}, which lading does not drive`, hint },
  ];
}

/** The container that a release changes: the only one, the one behind the load balancer, or the first from a registry of ours. */
function chooseContainer(
  service: Service,
  definition: TaskDefinition,
  { env, leftovers }: { readonly env: Environment; readonly leftovers: Leftover[] },
) {
  const containers = definition.containerDefinitions.map((container) => ({
    container,
    repository: referenceOf(container),
  }));
  const behind = (service.loadBalancers ?? []).map((one) => (one as { containerName?: unknown }).containerName);
  const isOurs = ({ repository }: (typeof containers)[number]) =>
    repository !== undefined && isEcrHost(repository.host, env);
  const chosen =
    (containers.length === 1 ? containers[0] : undefined) ??
    containers.find(({ container }) => behind.includes(container.name)) ??
    containers.find((one) => isOurs(one) && one.container.essential !== false) ??
    containers[0];
  const where = `task definition ${lastName(service.taskDefinition)}`;
  for (const { container } of containers) {
    if (container === chosen?.container) continue;
    leftovers.push({
      where,
      what: `the container ${container.name} keeps its image ${container.image ?? ''}`,
      hint: 'To release it, too, write `images:` and `services:` in lading.yml.',
    });
  }
  if (chosen && !isOurs(chosen)) {
    const what = `the image of ${chosen.container.name} is ${chosen.container.image ?? 'missing'}, in no repository of ECR`;
    leftovers.push({ where, what, hint: 'Say in `push.to` where images go.' });
    return { container: chosen.container, repository: undefined };
  }
  return { container: chosen?.container, repository: chosen?.repository };
}

function referenceOf({ image }: ContainerDefinition): Reference | undefined {
  try {
    return image === undefined ? undefined : parseReference(image);
  } catch {
    return undefined;
  }
}

function platformOf(definition: TaskDefinition, leftovers: Leftover[]): string | undefined {
  const { runtimePlatform } = definition as {
    runtimePlatform?: { cpuArchitecture?: string; operatingSystemFamily?: string };
  };
  const { cpuArchitecture, operatingSystemFamily: system = 'LINUX' } = runtimePlatform ?? {};
  if (system !== 'LINUX') {
    const what = `it runs on ${system}: lading makes images for Linux`;
    leftovers.push({ where: `task definition ${definition.family}`, what });
    return undefined;
  }
  return cpuArchitecture === 'ARM64' ? 'linux/arm64' : undefined;
}
