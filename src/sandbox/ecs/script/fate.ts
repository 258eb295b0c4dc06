import type { TaskFate } from '../scenario-shape.js';
import type { Deployment, SandboxService } from '../state/records.js';

/** How the next task of a deployment goes; what ran before goes on running well. */
export function fateOf(service: SandboxService, deployment: Deployment): TaskFate | undefined {
  const rollout = service.rollouts.find((one) => one.deployment === deployment);
  const fates = rollout?.scenario?.tasks ?? [];
  let place = deployment.started++;
  // A deployment that has completed and is gone back to has good tasks again.
  if (deployment.state === 'COMPLETED' || service.rollouts[0]?.deployment !== deployment) return undefined;
  for (const fate of fates) {
    place -= fate.times ?? 1;
    if (place < 0) return fate;
  }
  return fates.at(-1);
}
