import { record } from '../fields.js';
import { strategyOf } from '../deployment/service-facts.js';
import type { Json, Stages, StageStep } from '../state.js';

/**
 * The stages of a staged deployment in their order; undefined for a rolling one.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-how-it-works.html
 */
export function stagesOf(configuration: Json, revisions: number): Stages | undefined {
  const strategy = strategyOf(configuration);
  if (strategy === 'ROLLING') return undefined;
  const plan: StageStep[] = [
    ...(revisions > 1 ? [plain('RECONCILE_SERVICE')] : []),
    plain('PRE_SCALE_UP'),
    { shown: 'SCALE_UP', work: 'scale up' },
    plain('POST_SCALE_UP'),
    { shown: 'TEST_TRAFFIC_SHIFT', hooks: 'TEST_TRAFFIC_SHIFT', work: 'test shift' },
    plain('POST_TEST_TRAFFIC_SHIFT'),
    ...shifts(strategy, configuration),
    plain('POST_PRODUCTION_TRAFFIC_SHIFT'),
    { shown: 'BAKE_TIME', work: 'bake', minutes: Number(configuration.bakeTimeInMinutes ?? 0) },
    { shown: 'CLEAN_UP', work: 'clean up' },
  ];
  return { plan, at: -1, enteredAt: 0, hooks: [], hooksDone: true, weights: { production: 0, test: 0 } };
}

function plain(stage: string): StageStep {
  return { shown: stage, hooks: stage, work: 'none' };
}

/** Before each step of the traffic a hook may run, for which there is no stage of its own to show. */
function shifts(strategy: string, configuration: Json): StageStep[] {
  const { weights, minutes } = steps(strategy, configuration);
  return weights.flatMap((weight, at): StageStep[] => [
    {
      shown: at === 0 ? 'POST_TEST_TRAFFIC_SHIFT' : 'PRODUCTION_TRAFFIC_SHIFT',
      hooks: 'PRE_PRODUCTION_TRAFFIC_SHIFT',
      work: 'none',
    },
    { shown: 'PRODUCTION_TRAFFIC_SHIFT', hooks: 'PRODUCTION_TRAFFIC_SHIFT', work: 'shift', weight },
    ...(weight < 100 ? [{ shown: 'PRODUCTION_TRAFFIC_SHIFT', work: 'bake', minutes } as const] : []),
  ]);
}

function steps(
  strategy: string,
  configuration: Json,
): { readonly weights: readonly number[]; readonly minutes: number } {
  if (strategy === 'CANARY') {
    const { canaryPercent = 5, canaryBakeTimeInMinutes = 10 } = record(configuration.canaryConfiguration);
    return { weights: [Number(canaryPercent), 100], minutes: Number(canaryBakeTimeInMinutes) };
  }
  if (strategy !== 'LINEAR') return { weights: [100], minutes: 0 };
  const { stepPercent = 10, stepBakeTimeInMinutes = 6 } = record(configuration.linearConfiguration);
  const step = Number(stepPercent);
  const weights = Array.from({ length: Math.ceil(100 / step) }, (_, at) => Math.min(100, step * (at + 1)));
  return { weights, minutes: Number(stepBakeTimeInMinutes) };
}
