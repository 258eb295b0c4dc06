import { openAws } from '../aws/session.js';
import type { Context } from '../base/context.js';
import { ecsApi } from '../ecs/api.js';
import type { EcsWorld } from '../ecs/rollout/deploy.js';

/** ECS and CloudWatch Logs with the credentials and the region of this run. */
export async function openEcs(context: Context, values: { readonly region?: string | undefined }): Promise<EcsWorld> {
  const session = await openAws(context, { region: values.region });
  return {
    ecs: ecsApi(session.api('ecs'), context),
    logs: (region) => session.api('logs', region === undefined ? {} : { region }),
    clock: context.clock,
    report: context.report,
    signal: context.signal,
  };
}
