import { serve } from './http-server.js';
import { openEcs } from './open.js';
import type { Ecs, EcsOptions } from './open.js';

/** {@link Ecs} behind a server on loopback. */
export interface EcsServer extends Ecs {
  readonly endpoint: string;
  close(): Promise<void>;
}

/**
 * ECS for one rollout, on loopback: give its endpoint to a tool as `AWS_ENDPOINT_URL_ECS` and
 * `AWS_ENDPOINT_URL_CLOUDWATCH_LOGS`, let the tool deploy, then judge what it said.
 *
 *     const ecs = await startEcs({ clock, rollout, seed: 7, errs: { consistency: 'eventual' } });
 *     const exit = await deployWith(ecs.endpoint, definitionFor(rollout));
 *     expect(exit === 0).toBe(ecs.truth().outcome === 'succeeded');
 *     const isStopped = ecs.truth().endedBy === 'tool';
 *     expect(isStopped && ecs.unattended().outcome === 'succeeded').toBe(false);
 *     await ecs.close();
 *
 * Without HTTP, for thousands of rollouts, the same is {@link openEcs} with its `answer` as the transport.
 */
export async function startEcs(options: EcsOptions): Promise<EcsServer> {
  const ecs = openEcs(options);
  return { ...ecs, ...(await serve(ecs)) };
}
