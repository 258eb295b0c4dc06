import type { EcsApi, Place } from '../../api.js';
import { primaryOf } from '../../api.js';
import type { DeployResult } from './result.js';
import type { Ours } from '../watch/state.js';

/** What took the place of ours; undefined when it cannot be read. */
export async function findWinner(ecs: EcsApi, place: Place, ours: Ours): Promise<DeployResult['winner']> {
  const service = await ecs.findService(place.cluster, place.service).catch(() => undefined);
  const primary = service && primaryOf(service);
  if (!primary || primary.id === ours.id) return undefined;
  const items = await ecs.deployments(place.cluster, place.service).catch(() => []);
  const created = primary.createdAt ?? 0;
  const [nearest] = [...items].sort(
    (a, b) => Math.abs((a.createdAt ?? 0) - created) - Math.abs((b.createdAt ?? 0) - created),
  );
  const near = nearest && Math.abs((nearest.createdAt ?? 0) - created) < 3 ? nearest.serviceDeploymentArn : undefined;
  return { deploymentArn: near ?? primary.id, taskDefinition: primary.taskDefinition };
}
