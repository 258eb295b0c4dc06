import { describe, expect, test } from 'vitest';
import { openEcs } from '../../../../test/support/sandbox-ecs.js';
import { scenarios } from '../scenario.js';

describe('a script that says what runs', () => {
  const events = [
    { at: 0, status: 'PENDING' },
    { at: 1, status: 'IN_PROGRESS', stage: 'SCALE_UP', pending: 1 },
    {
      at: 6,
      stop: { stopCode: 'TaskFailedToStart', stoppedReason: 'CannotPullContainerError: not found' },
    },
    { at: 10, running: 1, pending: 0 },
    { at: 14, status: 'SUCCESSFUL' },
  ] as const;

  test('is followed to the letter: the counts stay when a task ends', () => {
    const { deploy, service, rollout, pass, call } = openEcs({ scenario: { events } });
    const arn = deploy();
    pass(2);
    expect(rollout(arn)).toMatchObject({ status: 'IN_PROGRESS', lifecycleStage: 'SCALE_UP' });
    expect(service().deployments[0]).toMatchObject({ pendingCount: 1, runningCount: 0 });
    pass(5);
    expect(service().deployments[0]).toMatchObject({ pendingCount: 1, failedTasks: 1 });
    const { taskArns } = call<{ taskArns: string[] }>('ListTasks', { serviceName: 'web', desiredStatus: 'STOPPED' });
    expect(taskArns).toHaveLength(1);
    pass(4);
    expect(service().deployments[0]).toMatchObject({ pendingCount: 0, runningCount: 1 });
    pass(4);
    expect(rollout(arn)).toMatchObject({ status: 'SUCCESSFUL' });
    expect(service()).toMatchObject({ runningCount: 1, deployments: [{ rolloutState: 'COMPLETED' }] });
  });

  test('that ends with a rollback has one, when it says', () => {
    const { deploy, service, rollout, pass } = openEcs({
      scenario: {
        events: [
          { at: 8, running: 1 },
          { at: 20, status: 'ROLLBACK_IN_PROGRESS', reason: 'Because.' },
          { at: 50, status: 'ROLLBACK_SUCCESSFUL' },
        ],
      },
    });
    const arn = deploy();
    pass(49);
    expect(rollout(arn)).toMatchObject({ status: 'ROLLBACK_IN_PROGRESS', statusReason: 'Because.' });
    pass(2);
    expect(rollout(arn)).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL', rollback: { reason: 'Because.' } });
    expect(service()).toMatchObject({ taskDefinition: expect.stringMatching(/web:1$/) as string, runningCount: 1 });
  });

  test('is over when somebody stops the deployment', () => {
    const { deploy, rollout, pass, call } = openEcs({ scenario: { events } });
    const arn = deploy();
    call('StopServiceDeployment', { serviceDeploymentArn: arn });
    pass(30);
    expect(rollout(arn)).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL' });
  });

  test('that stops by a hook goes on when it is told to', () => {
    const hook = { hookId: 'mine', status: 'AWAITING_ACTION' };
    const { deploy, rollout, pass, call } = openEcs({ scenario: { events: [{ at: 5, running: 1, hook }] } });
    const arn = deploy();
    pass(6);
    call('ContinueServiceDeployment', { serviceDeploymentArn: arn, hookId: 'mine' });
    expect(rollout(arn)).toMatchObject({ status: 'SUCCESSFUL', lifecycleHookDetails: [{ status: 'SUCCEEDED' }] });
  });
});

describe('what a scenario presumes', () => {
  test('a deployment of somebody else is in flight', () => {
    const { call } = openEcs({ scenario: 'in-flight' });
    expect(call('ListServiceDeployments', { service: 'web', status: ['PENDING'] })).toMatchObject({
      serviceDeployments: [{ status: 'PENDING' }],
    });
  });

  test('events from before the deployment, with their own dates', () => {
    const { service, clock } = openEcs({ scenario: 'stale-event' });
    const [latest] = service().events;
    expect(service().events).toHaveLength(4);
    expect(latest?.createdAt).toBe(clock.now() / 1000);
    expect(service().events.at(-1)?.createdAt).toBe(clock.now() / 1000 - 3600);
  });

  test('more events than a service keeps, and more stopped tasks than a page holds', () => {
    const many = openEcs({ scenario: 'many-events' });
    many.deploy();
    many.pass(30);
    const { events } = many.service();
    expect(events).toHaveLength(100);
    expect(events.map((event) => event.createdAt)).toEqual(
      events.map((event) => event.createdAt).toSorted((a, b) => b - a),
    );
    const { deploy, pass, call } = openEcs({ scenario: 'many-stopped-tasks' });
    deploy();
    pass(5);
    const page = call<{ taskArns: string[]; nextToken: string }>('ListTasks', {
      serviceName: 'web',
      desiredStatus: 'STOPPED',
    });
    expect(page).toMatchObject({ nextToken: expect.any(String) as string });
    expect(page.taskArns).toHaveLength(100);
  });
});

describe('faults', () => {
  test('hit what they name, from when and until when they say', () => {
    const { deploy, pass, fault } = openEcs({ scenario: 'throttled-throughout' });
    const hit = () => [fault('ListTasks')?.type, fault('GetLogEvents')?.type];
    expect(hit()).toEqual([undefined, undefined]);
    deploy();
    expect(hit()).toEqual([undefined, undefined]);
    pass(7);
    expect(hit()).toEqual(['ThrottlingException', 'ThrottlingException']);
    pass(60);
    expect(hit()).toEqual([undefined, undefined]);
  });

  test('of before count from the creation of the service, and are over with the deployment', () => {
    const { deploy, fault } = openEcs({ scenario: 'throttled-before' });
    expect([fault('UpdateService')?.type, fault('ListTasks')]).toEqual(['ThrottlingException', undefined]);
    deploy();
    expect(fault('UpdateService')).toBeUndefined();
  });
});

test('every scenario says what it imitates', () => {
  for (const { name, claims } of scenarios.values()) expect(claims, name).toMatch(/\S{3}/);
});
