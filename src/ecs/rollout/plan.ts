import { InputError, LadingError } from '../../base/errors.js';
import type { EcsApi, ServiceUpdate } from '../api.js';
import { primaryOf } from '../api.js';
import { diffDefinitions } from '../definition/diff.js';
import type { Service, TaskDefinition } from '../shapes.js';
import type { ImageChange } from '../definition/task-definition.js';
import { canonicalDefinition, changeDefinition, containerFor, digestIn } from '../definition/task-definition.js';

export interface PlanRequest {
  readonly cluster: string;
  readonly service: string;
  readonly images: readonly ImageChange[];
  readonly env: readonly { readonly container: string; readonly name: string; readonly value: string }[];
  /** Instead of the running one. */
  readonly definition?: TaskDefinition | undefined;
  /** An existing revision to run, which is not registered again. */
  readonly revision?: string | undefined;
  readonly force: boolean;
  readonly desiredCount?: number | undefined;
}

/** What a deployment would do, as data. */
export interface Plan {
  /** ARN that the service has now. */
  readonly current: string;
  readonly primaryId: string | undefined;
  readonly definition: TaskDefinition;
  readonly register: boolean;
  /** ARN that will run when nothing is registered. */
  readonly taskDefinition: string;
  /** Input of UpdateService, without the task definition; undefined when there is nothing to do. */
  readonly update: ServiceUpdate | undefined;
  readonly images: readonly { readonly container: string; readonly image: string }[];
  /** What each container must run, where that is asked for by digest. */
  readonly digests: ReadonlyMap<string, string>;
  readonly changes: readonly string[];
  readonly warnings: readonly string[];
}

/** Looks at the service and decides. Changes nothing. */
export async function planDeployment(request: PlanRequest, ecs: EcsApi): Promise<Plan> {
  const service = await ecs.service(request.cluster, request.service);
  refuseOthers(service, request);
  const live = await ecs.taskDefinition(service.taskDefinition);
  return decide(request, service, live);
}

/** Pure: the same service and request give the same plan. */
export function decide(request: PlanRequest, service: Service, live: TaskDefinition): Plan {
  const definition = changeDefinition(request.definition ?? live, request.images, request.env);
  const moves = request.revision !== undefined && request.revision !== service.taskDefinition;
  const register = request.revision === undefined && canonicalDefinition(definition) !== canonicalDefinition(live);
  const scale = request.desiredCount !== undefined && request.desiredCount !== service.desiredCount;
  const needed = register || moves || request.force || scale;
  const images = request.images.map((change) => ({ container: containerFor(definition, change), image: change.image }));
  const desired = request.desiredCount ?? service.desiredCount;
  return {
    current: service.taskDefinition,
    primaryId: primaryOf(service)?.id,
    definition,
    register,
    taskDefinition: request.revision ?? service.taskDefinition,
    update: needed
      ? {
          cluster: request.cluster,
          service: request.service,
          ...(request.force && { forceNewDeployment: true }),
          ...(scale && { desiredCount: request.desiredCount }),
        }
      : undefined,
    images,
    digests: new Map(
      images.flatMap(({ container, image }) => (digestIn(image) ? [[container, digestIn(image) ?? ''] as const] : [])),
    ),
    changes: register || moves ? diffDefinitions(live, definition) : [],
    warnings:
      desired === 0
        ? ['The service has a desired count of 0: the deployment will succeed without running anything.']
        : [],
  };
}

function refuseOthers(service: Service, request: PlanRequest): void {
  const controller = service.deploymentController?.type ?? 'ECS';
  if (controller !== 'ECS') {
    throw new LadingError(
      'input',
      `the service ${request.service} is deployed by ${controller}, which lading does not drive`,
      {
        code: 'CONTROLLER_UNSUPPORTED',
        hint: 'Use the ECS deployment controller; it knows blue/green, linear and canary by itself.',
      },
    );
  }
  if (service.status === 'DRAINING') {
    throw new InputError({
      where: '--service',
      message: `${request.service} is being deleted (DRAINING)`,
      hint: 'Wait until it is INACTIVE, then create it again.',
    });
  }
}
