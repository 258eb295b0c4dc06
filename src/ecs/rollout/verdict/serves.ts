import type { EcsApi, Place } from '../../api.js';
import { primaryOf } from '../../api.js';
import { digestIn } from '../../definition/change.js';
import type { Service, TaskDefinition } from '../../shapes.js';

/** What answers now, whatever became of the deployment. */
export interface Serves {
  /** ARN of the task definition of the deployment that has completed; of the newest when none has. */
  readonly taskDefinition: string;
  readonly images: readonly {
    readonly container: string;
    readonly image: string;
    readonly digest: string | undefined;
  }[];
  /** As the revision was tagged when it was registered. */
  readonly commit: string | undefined;
  readonly running: number;
  readonly desired: number;
}

/** The commit that a revision was registered for, in its tags. */
export const COMMIT_TAG = 'lading:commit';

/** Undefined when it cannot be read: it is a help, and nothing depends on it. */
export async function readServes(ecs: EcsApi, place: Place): Promise<Serves | undefined> {
  try {
    const service = await ecs.findService(place.cluster, place.service);
    const taskDefinition = service && servingDefinition(service);
    if (!service || !taskDefinition) return undefined;
    const definition = await ecs.taskDefinition(taskDefinition).catch(() => undefined);
    return {
      taskDefinition,
      images: (definition?.containerDefinitions ?? []).map(({ name, image = '' }) => ({
        container: name,
        image,
        digest: digestIn(image),
      })),
      commit: definition && commitOf(definition),
      running: service.runningCount,
      desired: service.desiredCount,
    };
  } catch {
    return undefined;
  }
}

/** Pure. Tasks of a deployment that has not completed may run, but it is the completed one that ECS holds on to. */
export function servingDefinition(service: Service): string | undefined {
  const completed = service.deployments.find(({ rolloutState }) => rolloutState === 'COMPLETED');
  const running = [...service.deployments].sort((a, b) => b.runningCount - a.runningCount)[0];
  const chosen = completed ?? (running && running.runningCount > 0 ? running : undefined) ?? primaryOf(service);
  return chosen?.taskDefinition ?? (service.taskDefinition || undefined);
}

export function commitOf(definition: TaskDefinition): string | undefined {
  return definition.tags?.find(({ key }) => key === COMMIT_TAG)?.value || undefined;
}
