import { openAws } from '../aws/session.js';
import type { Context } from '../base/context.js';
import { ecsApi } from '../ecs/api.js';
import type { EcsContext } from '../ecs/rollout/run.js';

/** One try a call: who follows a rollout looks again soon anyway, and who cannot go on waits as long as it may take. */
const TRIES = 2;

/** ECS and CloudWatch Logs with the credentials and the region of this run. */
export async function openEcs(context: Context, values: { readonly region?: string | undefined }): Promise<EcsContext> {
  const session = await openAws(context, { region: values.region });
  return {
    ecs: ecsApi(session.api('ecs'), { tries: TRIES }),
    logs: (region) => session.api('logs', region === undefined ? {} : { region }),
    cloudwatch: session.api('cloudwatch'),
    clock: context.clock,
    report: context.report,
    signal: context.signal,
  };
}
