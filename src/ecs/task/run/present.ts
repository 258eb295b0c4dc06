import { AwsError } from '../../../aws/failure.js';
import { InputError } from '../../../base/errors.js';
import type { EcsApi, Place } from '../../api.js';
import { readService } from '../../api.js';
import type { Patience } from '../../rollout/patience.js';
import { isDenied } from '../../seen.js';
import type { TaskDefinition } from '../../shapes.js';
import type { RunPresent } from './plan.js';

export interface PresentWishes {
  readonly like: Place | undefined;
  /** Instead of what `like` runs. */
  readonly definition: TaskDefinition | undefined;
  /** The revision may be another than the one that runs. */
  readonly changes: boolean;
}

export async function readRunPresent(ecs: EcsApi, wishes: PresentWishes, patience: Patience): Promise<RunPresent> {
  const { like, definition } = wishes;
  const service =
    like && (await patience.until('DescribeServices', () => readService(ecs, like.cluster, like.service)));
  const live =
    service && (await patience.until('DescribeTaskDefinition', () => ecs.taskDefinition(service.taskDefinition)));
  const base = definition ?? live;
  if (!base) {
    const hint = 'Name the service with --service, or a file with --task-definition.';
    throw new InputError({ where: '--service', message: 'it is not said what to run', hint });
  }
  const newest = wishes.changes || !live ? await readNewest(ecs, base.family, patience) : undefined;
  return { service, live, base, newest };
}

/** It saves a revision, no more: whoever may not read it registers another one. */
async function readNewest(ecs: EcsApi, family: string, patience: Patience): Promise<TaskDefinition | undefined> {
  return patience.until('DescribeTaskDefinition', () =>
    ecs.taskDefinition(family).catch((error: unknown) => {
      const isNone = error instanceof AwsError && /ClientException|InvalidParameter|NotFound/.test(error.type);
      if (isNone || isDenied(error)) return undefined;
      throw error;
    }),
  );
}
