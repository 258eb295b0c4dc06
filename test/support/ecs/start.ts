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
 * `AWS_ENDPOINT_URL_CLOUDWATCH_LOGS`, let the tool deploy, then judge what it said by `truth()` and `unattended()`.
 */
export async function startEcs(options: EcsOptions): Promise<EcsServer> {
  const ecs = openEcs(options);
  return { ...ecs, ...(await serve(ecs)) };
}
