import type { Hook } from '../../engine/configuration.js';
import { configurationOf } from '../../engine/configuration.js';
import type { Input } from '../../state/records.js';
import { listOf } from '../../state/state.js';
import { invalid } from '../invalid.js';

/** Stages at which nobody can be waited for. */
const NO_PAUSE = new Set(['TEST_TRAFFIC_SHIFT', 'PRODUCTION_TRAFFIC_SHIFT']);

/** Throws what ECS says of a deployment configuration. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html */
export function checkConfiguration(input: Input): void {
  const configuration = configurationOf(input);
  checkPercents(configuration, input.schedulingStrategy === 'DAEMON');
  checkBreaker(configuration);
  checkStrategy(configuration);
  for (const hook of listOf(configuration.lifecycleHooks) as Hook[]) checkHook(hook);
}

function checkPercents(configuration: Input, daemon: boolean): void {
  const { minimumHealthyPercent: least, maximumPercent: most } = configuration as Record<string, number>;
  if (least === undefined || most === undefined) return;
  if (!Number.isInteger(least) || least < 0 || (least > 100 && !daemon))
    throw invalid('minimumHealthyPercent must be between 0 and 100.');
  if (daemon && most > 100)
    throw invalid(
      'The daemon scheduling strategy does not support values above 100 for maximumPercent on a deployment configuration. Change the maximumPercent value to 100, and try again',
    );
  if (!Number.isInteger(most) || most < 1) throw invalid('maximumPercent must be greater than 0.');
  if (least === 100 && most === 100)
    throw invalid('Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.');
  if (most < 100 || most < least)
    throw invalid('maximumPercent must be at least 100, and more than minimumHealthyPercent.');
}

function checkBreaker(configuration: Input): void {
  const { type, value } = ((configuration.deploymentCircuitBreaker as Input | undefined)?.thresholdConfiguration as
    { type: string; value: number } | undefined) ?? { type: 'COUNT', value: 3 };
  if (!/^(COUNT|(UN)?BOUNDED_PERCENT)$/.test(type) || !Number.isInteger(value) || value < 1)
    throw invalid('The threshold configuration of the deployment circuit breaker is invalid.');
}

function checkStrategy(configuration: Input): void {
  const { strategy, earlySuccessCriteria: early } = configuration as {
    strategy: string;
    earlySuccessCriteria?: { enable?: boolean; healthyPercent?: number; sourceServiceRevisionCleanup?: string };
  };
  if (configuration.linearConfiguration !== undefined && strategy !== 'LINEAR')
    throw invalid('linearConfiguration is only valid with the LINEAR deployment strategy.');
  if (configuration.canaryConfiguration !== undefined && strategy !== 'CANARY')
    throw invalid('canaryConfiguration is only valid with the CANARY deployment strategy.');
  if (!early?.enable) return;
  if (strategy !== 'ROLLING') throw invalid('earlySuccessCriteria is only valid with the ROLLING deployment strategy.');
  if (early.healthyPercent === undefined || early.sourceServiceRevisionCleanup === undefined)
    throw invalid('earlySuccessCriteria needs healthyPercent and sourceServiceRevisionCleanup when it is enabled.');
  if (early.healthyPercent > 100 || early.healthyPercent < Number(configuration.minimumHealthyPercent))
    throw invalid('healthyPercent must be between minimumHealthyPercent and 100.');
}

function checkHook({ targetType = 'AWS_LAMBDA', hookTargetArn, lifecycleStages = [] }: Hook): void {
  if (lifecycleStages.length === 0) throw invalid('A lifecycle hook must have at least one lifecycle stage.');
  if (targetType === 'AWS_LAMBDA' && hookTargetArn === undefined)
    throw invalid('A lifecycle hook with the target type AWS_LAMBDA must have a hookTargetArn.');
  if (targetType === 'PAUSE' && lifecycleStages.some((stage) => NO_PAUSE.has(stage)))
    throw invalid('PAUSE hooks cannot be configured at the TEST_TRAFFIC_SHIFT or PRODUCTION_TRAFFIC_SHIFT stages.');
}
