import { describe, expect, test } from 'vitest';
import { openEcs } from '../../../../test/support/sandbox-ecs.js';
import { quickCrash } from '../scenarios/parts.js';
import { scenarios } from '../scenario.js';

describe('StopServiceDeployment', () => {
  test('goes back, also once more, and is refused when it is over', () => {
    const { deploy, call, refusal, rollout, service, pass } = openEcs({ scenario: 'slow' });
    const arn = deploy();
    pass(5);
    const stop = { serviceDeploymentArn: arn, stopType: 'ROLLBACK' };
    expect(call('StopServiceDeployment', stop)).toEqual({ serviceDeploymentArn: arn });
    expect(rollout(arn)).toMatchObject({
      status: 'ROLLBACK_REQUESTED',
      statusReason: 'Service deployment rolled back by user.',
    });
    expect(refusal('StopServiceDeployment', stop)).toBe('answered');
    pass(2);
    expect(rollout(arn)).toMatchObject({ status: 'ROLLBACK_IN_PROGRESS' });
    pass(20);
    expect(rollout(arn)).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL' });
    expect(service()).toMatchObject({ runningCount: 1, taskDefinition: expect.stringMatching(/web:1$/) as string });
    expect(refusal('StopServiceDeployment', stop)).toMatch(/^ConflictException: /);
    expect(refusal('StopServiceDeployment', { ...stop, stopType: 'ABORT' })).toMatch(/^InvalidParameterException: /);
  });

  test('fails where there is nothing to go back to', () => {
    const { deploy, call, rollout, pass } = openEcs({ scenario: { noSource: true, tasks: [{ runs: 60 }] } });
    const arn = deploy();
    pass(5);
    call('StopServiceDeployment', { serviceDeploymentArn: arn });
    expect(rollout(arn)).toMatchObject({
      status: 'ROLLBACK_FAILED',
      statusReason: 'No rollback candidate was found to run the rollback.',
    });
  });
});

describe('a deployment that is replaced', () => {
  test('is STOPPED with the reason that tells it, and the new one goes on from what runs', () => {
    const { deploy, rollout, service, pass, useScenario } = openEcs({ scenario: 'slow' });
    const first = deploy();
    pass(5);
    useScenario(scenarios.get('ok') as never);
    const second = deploy({ forceNewDeployment: true });
    expect(rollout(first)).toMatchObject({ status: 'STOPPED', statusReason: 'Replaced by a new service deployment.' });
    pass(2);
    expect(rollout(second).sourceServiceRevisions).toHaveLength(2);
    expect(service().deployments).toHaveLength(3);
    pass(20);
    expect(rollout(second)).toMatchObject({ status: 'SUCCESSFUL' });
    expect(service().deployments).toHaveLength(1);
  });

  test('a rollback goes to the last one that has completed, not to the one before', () => {
    const { deploy, rollout, service, pass, useScenario, call } = openEcs();
    const breaker = { deploymentCircuitBreaker: { enable: true, rollback: true } };
    call('UpdateService', { service: 'web', deploymentConfiguration: breaker });
    useScenario({ name: 'slow', claims: '', events: [], tasks: [{ runs: 500 }] });
    deploy();
    pass(5);
    useScenario({ name: 'bad', claims: '', events: [], tasks: [quickCrash] });
    const bad = deploy({ forceNewDeployment: true });
    pass(60);
    expect(rollout(bad)).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL' });
    expect(service().taskDefinition).toMatch(/web:1$/);
  });
});

describe('hooks and stages', () => {
  const stagesOf = (configuration: Readonly<Record<string, unknown>>, seconds: number) => {
    const { deploy, rollout, pass } = openEcs({ scenario: { configuration } });
    const arn = deploy();
    const seen: string[] = [];
    for (let second = 0; second < seconds; second++) {
      pass(1);
      const { lifecycleStage = 'none', targetServiceRevision, status } = rollout(arn);
      const weight = targetServiceRevision.requestedProductionTrafficWeight;
      const now = status === 'IN_PROGRESS' ? `${lifecycleStage}${weight === undefined ? '' : ` ${weight}`}` : status;
      if (seen.at(-1) !== now) seen.push(now);
    }
    return seen;
  };

  test.each([
    ['ROLLING', {}, ['none', 'SUCCESSFUL']],
    [
      'BLUE_GREEN',
      { bakeTimeInMinutes: 1 },
      ['SCALE_UP', 'TEST_TRAFFIC_SHIFT', 'PRODUCTION_TRAFFIC_SHIFT 100', 'BAKE_TIME 100', 'CLEAN_UP 100', 'SUCCESSFUL'],
    ],
    [
      'CANARY',
      { canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 1 } },
      [
        'SCALE_UP',
        'TEST_TRAFFIC_SHIFT',
        'PRODUCTION_TRAFFIC_SHIFT 10',
        'PRODUCTION_TRAFFIC_SHIFT 100',
        'CLEAN_UP 100',
        'SUCCESSFUL',
      ],
    ],
    [
      'LINEAR',
      { linearConfiguration: { stepPercent: 40, stepBakeTimeInMinutes: 1 } },
      [
        'SCALE_UP',
        'TEST_TRAFFIC_SHIFT',
        'PRODUCTION_TRAFFIC_SHIFT 40',
        'PRODUCTION_TRAFFIC_SHIFT 80',
        'PRODUCTION_TRAFFIC_SHIFT 100',
        'CLEAN_UP 100',
        'SUCCESSFUL',
      ],
    ],
  ])('%s passes through its stages', (strategy, more, stages) => {
    expect(stagesOf({ strategy, ...more }, 200)).toEqual(stages);
  });

  test('a hook before production traffic holds each step of a linear deployment', () => {
    const hook = { targetType: 'PAUSE', lifecycleStages: ['PRE_PRODUCTION_TRAFFIC_SHIFT'] };
    const linearConfiguration = { stepPercent: 50, stepBakeTimeInMinutes: 0 };
    const configuration = { strategy: 'LINEAR', linearConfiguration, lifecycleHooks: [hook] };
    const { deploy, rollout, call, pass } = openEcs({ scenario: { configuration } });
    const arn = deploy();
    const weights: unknown[] = [];
    for (const hookId of ['hook-1', 'hook-2']) {
      pass(100);
      weights.push(rollout(arn).targetServiceRevision.requestedProductionTrafficWeight);
      expect(rollout(arn).lifecycleHookDetails?.at(-1)).toMatchObject({ hookId, status: 'AWAITING_ACTION' });
      call('ContinueServiceDeployment', { serviceDeploymentArn: arn, hookId });
    }
    pass(20);
    expect(weights).toEqual([undefined, 50]);
    expect(rollout(arn)).toMatchObject({ status: 'SUCCESSFUL' });
  });

  test.each([
    [
      'hook-failed',
      'POST_SCALE_UP lifecycle hook(s) failed. Lifecycle hook target arn:aws:lambda:eu-central-1:123456789012:function:smoke-test returned FAILED status.',
    ],
    ['hook-timeout', 'POST_SCALE_UP lifecycle hook(s) timed out.'],
    ['pause-timeout', 'POST_SCALE_UP lifecycle hook(s) timed out.'],
  ])('%s rolls back and says why', (scenario, why) => {
    const { deploy, rollout, service, pass } = openEcs({ scenario });
    const arn = deploy();
    pass(120);
    const said = `Service deployment rolled back because ${why}`;
    expect(rollout(arn)).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      statusReason: said,
      rollback: { reason: said },
    });
    expect(service().events.some(({ message }) => message.endsWith(`deployment failed: ${said}`))).toBe(true);
  });

  test('an alarm counts only for whom it is configured', () => {
    const quiet = openEcs({ scenario: { events: [{ at: 8, alarm: 'web-5xx' }] } });
    const arn = quiet.deploy();
    quiet.pass(20);
    expect(quiet.rollout(arn)).toMatchObject({ status: 'SUCCESSFUL' });
    const { deploy, rollout, pass } = openEcs({ scenario: 'alarm' });
    const other = deploy();
    pass(60);
    expect(rollout(other)).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      statusReason: 'Service deployment rolled back because of one or more active alarms.',
    });
  });
});

describe('a deleted service', () => {
  test('drains, cannot be made anew until then, and is INACTIVE after', () => {
    const { call, refusal, service, deploy, rollout, pass } = openEcs({ scenario: { tasks: [{ runs: 60 }] } });
    const arn = deploy();
    expect(refusal('DeleteService', { service: 'web' })).toBe(
      'InvalidParameterException: The service cannot be stopped while it is scaled above 0.',
    );
    call('DeleteService', { service: 'web', force: true });
    expect(service()).toMatchObject({ status: 'DRAINING', desiredCount: 0 });
    expect(rollout(arn)).toMatchObject({ status: 'STOPPED' });
    const again = { serviceName: 'web', taskDefinition: 'web:1', launchType: 'EC2' };
    expect(refusal('CreateService', again)).toMatch(/Unable to Start a service that is still Draining\.$/);
    expect(refusal('UpdateService', { service: 'web' })).toBe('ServiceNotActiveException: Service was not ACTIVE.');
    pass(10);
    expect(service()).toMatchObject({ status: 'DRAINING', runningCount: 0 });
    pass(21);
    expect(service()).toMatchObject({ status: 'INACTIVE', deployments: [] });
    expect(refusal('DeleteService', { service: 'web' })).toBe('ServiceNotFoundException: Service not found.');
  });

  test('a stopped task is told of for an hour', () => {
    const { call, pass } = openEcs();
    const [task] = call<{ taskArns: string[] }>('ListTasks', { serviceName: 'web' }).taskArns;
    call('StopTask', { task });
    pass(60);
    expect(call('DescribeTasks', { tasks: [task] })).toMatchObject({ tasks: [{ lastStatus: 'STOPPED' }] });
    pass(3700);
    expect(call('DescribeTasks', { tasks: [task] })).toMatchObject({ failures: [{ reason: 'MISSING' }] });
  });
});
