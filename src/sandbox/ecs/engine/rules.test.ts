import { describe, expect, test } from 'vitest';
import { openEcs } from '../../../../test/support/sandbox-ecs.js';
import { crash, quickCrash } from '../scenarios/parts.js';

const breaker = (more: Readonly<Record<string, unknown>> = {}, rollback = true) => ({
  deploymentCircuitBreaker: { enable: true, rollback, ...more },
});
const messages = (events: readonly { readonly message: string }[]) => events.map(({ message }) => message);

describe('a rolling deployment', () => {
  test('starts the new tasks, waits until they count, and lets the old ones go', () => {
    const { deploy, rollout, service, pass } = openEcs({ service: { desiredCount: 2 } });
    const arn = deploy();
    expect(rollout(arn)).toMatchObject({ status: 'PENDING' });
    pass(2);
    expect(rollout(arn)).toMatchObject({ status: 'IN_PROGRESS' });
    expect(service().deployments).toMatchObject([
      { status: 'PRIMARY', pendingCount: 2, runningCount: 0, rolloutState: 'IN_PROGRESS' },
      { status: 'ACTIVE', runningCount: 2, rolloutState: 'COMPLETED' },
    ]);
    pass(8);
    expect(service().deployments).toMatchObject([{ runningCount: 2 }, { runningCount: 2 }]);
    pass(4);
    expect(rollout(arn)).toMatchObject({ status: 'SUCCESSFUL' });
    expect(service()).toMatchObject({ runningCount: 2, deployments: [{ runningCount: 2, rolloutState: 'COMPLETED' }] });
    expect(messages(service().events).slice(0, 4)).toEqual([
      '(service web) has reached a steady state.',
      expect.stringMatching(/^\(service web\) \(deployment ecs-svc\/\d{19}\) deployment completed\.$/),
      expect.stringMatching(
        /^\(service web\) has stopped 2 running tasks: \(task [0-9a-f]{32}\) \(task [0-9a-f]{32}\)\.$/,
      ),
      expect.stringMatching(/^\(service web\) has started 2 tasks: \(task [0-9a-f]{32}\) \(task [0-9a-f]{32}\)\.$/),
    ]);
  });

  test('with 50 and 100 percent it stops an old task before it starts a new one', () => {
    const deploymentConfiguration = { minimumHealthyPercent: 50, maximumPercent: 100 };
    const { deploy, rollout, service, pass } = openEcs({ service: { desiredCount: 2, deploymentConfiguration } });
    const arn = deploy();
    pass(2);
    expect(service().deployments).toMatchObject([{ pendingCount: 0 }, { runningCount: 2 }]);
    pass(2);
    expect(service().deployments).toMatchObject([{ pendingCount: 1 }, { runningCount: 1 }]);
    pass(40);
    expect(rollout(arn)).toMatchObject({ status: 'SUCCESSFUL' });
  });

  test('with percentages that leave no room it says so, and waits', () => {
    const deploymentConfiguration = { minimumHealthyPercent: 100, maximumPercent: 150 };
    const { deploy, service, pass, rollout } = openEcs({ service: { deploymentConfiguration } });
    const arn = deploy();
    pass(60);
    expect(rollout(arn)).toMatchObject({ status: 'IN_PROGRESS' });
    expect(service().events[0]?.message).toMatch(/was unable to stop or start tasks during a deployment because/);
  });

  test('old tasks are deregistered and drained where there is a load balancer', () => {
    const group = 'arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/web/1';
    const loadBalancers = [{ targetGroupArn: group, containerName: 'web', containerPort: 3000 }];
    const { deploy, service, pass } = openEcs({ service: { loadBalancers }, scenario: { drains: 60 } });
    deploy();
    pass(14);
    expect(messages(service().events).slice(0, 4)).toEqual([
      expect.stringMatching(/has stopped 1 running tasks/),
      '(service web) has begun draining connections on 1 tasks.',
      `(service web) deregistered 1 targets in (target-group ${group})`,
      `(service web) registered 1 targets in (target-group ${group})`,
    ]);
    expect(service().deployments).toHaveLength(2);
    pass(60);
    expect(service().deployments).toHaveLength(1);
  });
});

describe('the desired count', () => {
  test('changes what runs, and begins no deployment', () => {
    const { call, service, pass } = openEcs();
    const before = service().currentServiceDeployment;
    call('UpdateService', { service: 'web', desiredCount: 3 });
    expect(service()).toMatchObject({ runningCount: 1, pendingCount: 2 });
    pass(20);
    expect(service()).toMatchObject({ runningCount: 3, currentServiceDeployment: before });
    call('UpdateService', { service: 'web', desiredCount: 1 });
    pass(5);
    expect(service()).toMatchObject({ runningCount: 1, deployments: [{ rolloutState: 'COMPLETED' }] });
  });

  test('counts during a deployment, too', () => {
    const { call, deploy, service, rollout, pass } = openEcs();
    const arn = deploy();
    pass(5);
    call('UpdateService', { service: 'web', desiredCount: 3 });
    pass(9);
    expect(rollout(arn)).toMatchObject({ status: 'IN_PROGRESS' });
    pass(20);
    expect(rollout(arn)).toMatchObject({ status: 'SUCCESSFUL' });
    expect(service()).toMatchObject({ desiredCount: 3, runningCount: 3 });
  });

  test('is set by others in a scenario', () => {
    const { deploy, service, pass } = openEcs({ scenario: 'scaled-after' });
    deploy();
    pass(60);
    expect(service()).toMatchObject({ desiredCount: 2, runningCount: 2 });
  });

  test('of DAEMON is the number of instances, and nobody may set it', () => {
    const daemon = { schedulingStrategy: 'DAEMON', launchType: 'EC2', desiredCount: undefined };
    const { service, deploy, rollout, refusal, pass } = openEcs({ service: daemon });
    expect(service()).toMatchObject({ desiredCount: 2, runningCount: 2 });
    expect(refusal('UpdateService', { service: 'web', desiredCount: 1 })).toBe(
      'InvalidParameterException: The daemon scheduling strategy does not support a desired count for services. Remove the desired count value and try again',
    );
    const arn = deploy();
    pass(4);
    expect(service().deployments).toMatchObject([{ pendingCount: 2, runningCount: 0 }]);
    pass(30);
    expect(rollout(arn)).toMatchObject({ status: 'SUCCESSFUL' });
  });

  test('leaves tasks alone that are protected', () => {
    const { call, service, pass } = openEcs({ service: { desiredCount: 2 } });
    const { taskArns } = call<{ taskArns: string[] }>('ListTasks', { serviceName: 'web' });
    call('UpdateTaskProtection', { cluster: 'default', tasks: taskArns, protectionEnabled: true, expiresInMinutes: 1 });
    call('UpdateService', { service: 'web', desiredCount: 0 });
    pass(10);
    expect(service()).toMatchObject({ runningCount: 2 });
    expect(service().events[0]?.message).toMatch(/was unable to scale in due to \(reason 2 tasks under protection\)$/);
  });
});

describe('the circuit breaker', () => {
  test('turns back after three tasks that never ran', () => {
    const { deploy, service, rollout, pass } = openEcs({ scenario: { tasks: [quickCrash], configuration: breaker() } });
    const arn = deploy();
    pass(25);
    expect(rollout(arn)).toMatchObject({
      deploymentCircuitBreaker: { status: 'MONITORING', failureCount: 2, threshold: 3 },
    });
    pass(3);
    expect(rollout(arn)).toMatchObject({
      status: 'ROLLBACK_IN_PROGRESS',
      statusReason: 'Service deployment rolled back because the circuit breaker threshold was exceeded.',
      deploymentCircuitBreaker: { status: 'TRIGGERED', failureCount: 3 },
    });
    const [back, failed] = service().deployments;
    expect(back).toMatchObject({ status: 'PRIMARY', rolloutState: 'IN_PROGRESS', runningCount: 1 });
    expect(failed).toMatchObject({
      rolloutState: 'FAILED',
      rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
    });
    expect(messages(service().events).slice(0, 2)).toEqual([
      `(service web) rolling back to deployment ${back?.id}.`,
      `(service web) (deployment ${failed?.id}) deployment failed: tasks failed to start.`,
    ]);
    pass(20);
    expect(rollout(arn)).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL' });
    expect(service()).toMatchObject({
      taskDefinition: expect.stringMatching(/web:1$/) as string,
      deployments: [{ id: back?.id, rolloutState: 'COMPLETED' }],
    });
  });

  test('does not see a container that runs and then exits', () => {
    const { deploy, rollout, service, pass } = openEcs({ scenario: { tasks: [crash], configuration: breaker() } });
    const arn = deploy();
    pass(300);
    expect(rollout(arn)).toMatchObject({ status: 'IN_PROGRESS', deploymentCircuitBreaker: { failureCount: 0 } });
    expect(service().deployments[0]).toMatchObject({ failedTasks: 0 });
    expect(messages(service().events).some((text) => /unable to consistently start tasks/.test(text))).toBe(true);
  });

  test('forgets failures when a task is healthy, unless it is told not to', () => {
    const tasks = [quickCrash, {}, {}];
    const counted = (more: Readonly<Record<string, unknown>>) => {
      const ecs = openEcs({ scenario: { tasks, configuration: breaker(more) }, service: { desiredCount: 3 } });
      const arn = ecs.deploy();
      ecs.pass(13);
      return ecs.rollout(arn).deploymentCircuitBreaker.failureCount;
    };
    expect(counted({})).toBe(0);
    expect(counted({ resetOnHealthyTask: false })).toBe(1);
  });

  test('without rollback ends it where it stands', () => {
    const { deploy, service, rollout, pass } = openEcs({
      scenario: { tasks: [quickCrash], configuration: breaker({}, false) },
    });
    const arn = deploy();
    pass(60);
    expect(rollout(arn)).toMatchObject({ status: 'STOPPED' });
    expect(service()).toMatchObject({
      taskDefinition: expect.stringMatching(/web:2$/) as string,
      deployments: [
        { status: 'PRIMARY', rolloutState: 'FAILED', runningCount: 0, pendingCount: 0 },
        { status: 'ACTIVE', rolloutState: 'COMPLETED', runningCount: 1 },
      ],
    });
  });

  test('with nothing to go back to is stalled: no task is started any more', () => {
    const { deploy, service, rollout, pass } = openEcs({ scenario: 'no-completed' });
    const arn = deploy();
    pass(60);
    const events = service().events.length;
    pass(600);
    expect(rollout(arn)).toMatchObject({ status: 'IN_PROGRESS', sourceServiceRevisions: [] });
    expect(service().deployments[0]).toMatchObject({ rolloutState: 'FAILED', pendingCount: 0 });
    expect(service().events).toHaveLength(events);
  });
});
