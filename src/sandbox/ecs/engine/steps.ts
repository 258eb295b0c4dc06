import type { Input, Step } from '../state/records.js';
import { hooksOf } from './configuration.js';

const MINUTE = 60_000;
const SHIFT_MS = 1000;

/** The stages of a deployment, in order. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeployment.html */
export function stepsOf(
  configuration: Input,
  options: { readonly reconciles: boolean; readonly deferred: boolean },
): readonly Step[] {
  const plain = (stage: string, more: Partial<Step> = {}): Step => ({ stage, hook: stage, ...more });
  const bakes = Number(configuration.bakeTimeInMinutes ?? 0);
  const steps = [
    ...(options.reconciles ? [plain('RECONCILE_SERVICE')] : []),
    plain('PRE_SCALE_UP'),
    plain('SCALE_UP', { until: 'scaled' }),
    plain('POST_SCALE_UP'),
    ...(configuration.strategy === 'ROLLING' ? [] : shifts(configuration, plain)),
    ...(bakes > 0 ? [plain('BAKE_TIME', { lasts: bakes * MINUTE })] : []),
    ...(options.deferred ? [] : [plain('CLEAN_UP', { until: 'clean' })]),
  ];
  // A stage in which nothing happens passes unseen.
  return steps.filter(
    ({ hook, lasts, until, weight }) =>
      lasts !== undefined ||
      until !== undefined ||
      weight !== undefined ||
      hooksOf(configuration, hook ?? '').length > 0,
  );
}

function shifts(configuration: Input, plain: (stage: string, more?: Partial<Step>) => Step): Step[] {
  const weights = weightsOf(configuration);
  return [
    plain('TEST_TRAFFIC_SHIFT', { lasts: SHIFT_MS }),
    plain('POST_TEST_TRAFFIC_SHIFT'),
    // The hook stands before each step; the stage of its name is none that is shown.
    ...weights.flatMap(({ weight, lasts }) => [
      { stage: 'PRODUCTION_TRAFFIC_SHIFT', hook: 'PRE_PRODUCTION_TRAFFIC_SHIFT' },
      plain('PRODUCTION_TRAFFIC_SHIFT', { weight, lasts }),
    ]),
    plain('POST_PRODUCTION_TRAFFIC_SHIFT'),
  ];
}

function weightsOf(configuration: Input): { readonly weight: number; readonly lasts: number }[] {
  const all = { weight: 100, lasts: SHIFT_MS };
  if (configuration.strategy === 'CANARY') {
    const { canaryPercent = 5, canaryBakeTimeInMinutes = 10 } = (configuration.canaryConfiguration ?? {}) as {
      canaryPercent?: number;
      canaryBakeTimeInMinutes?: number;
    };
    return [{ weight: canaryPercent, lasts: canaryBakeTimeInMinutes * MINUTE }, all];
  }
  if (configuration.strategy !== 'LINEAR') return [all];
  const { stepPercent = 10, stepBakeTimeInMinutes = 6 } = (configuration.linearConfiguration ?? {}) as {
    stepPercent?: number;
    stepBakeTimeInMinutes?: number;
  };
  const count = Math.ceil(100 / stepPercent) - 1;
  const lasts = stepBakeTimeInMinutes * MINUTE;
  return [...Array.from({ length: count }, (_, at) => ({ weight: (at + 1) * stepPercent, lasts })), all];
}
