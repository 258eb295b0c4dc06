import { describe, expect, test } from 'vitest';
import { openEcs, placed } from '../../../../../test/support/sandbox-ecs.js';

const strategy = [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }];
const put = { cluster: 'default', capacityProviders: ['FARGATE', 'FARGATE_SPOT'] };

describe('clusters', () => {
  test('are made once, changed, counted and deleted', () => {
    const { call, refusal } = openEcs();
    const settings = [{ name: 'containerInsights', value: 'enabled' }];
    call('CreateCluster', { clusterName: 'c', settings, tags: [{ key: 'a' }] });
    expect(call('CreateCluster', { clusterName: 'c' })).toMatchObject({ cluster: { settings } });
    call('UpdateClusterSettings', { cluster: 'c', settings: [{ name: 'containerInsights', value: 'disabled' }] });
    expect(call('DescribeClusters', { clusters: ['c', 'd'], include: ['SETTINGS', 'TAGS'] })).toMatchObject({
      clusters: [{ settings: [{ value: 'disabled' }], tags: [{ key: 'a' }] }],
      failures: [{ reason: 'MISSING' }],
    });
    expect(call('DescribeClusters')).toMatchObject({
      clusters: [{ clusterName: 'default', activeServicesCount: 1, runningTasksCount: 1, settings: [] }],
    });
    call('DeleteCluster', { cluster: 'c' });
    expect(call('DescribeClusters', { clusters: ['c'] })).toMatchObject({ clusters: [{ status: 'INACTIVE' }] });
    expect(refusal('ListServices', { cluster: 'c' })).toBe('ClusterNotFoundException: Cluster not found.');
    expect(refusal('DeleteCluster', { cluster: 'default' })).toMatch(/^ClusterContainsServicesException: /);
  });

  test.each([
    [{ clusterName: 'a b' }],
    [{ clusterName: 'a', settings: [{ name: 'containerInsights', value: 'much' }] }],
    [{ clusterName: 'a', capacityProviders: ['nothing'] }],
    [{ clusterName: 'a', defaultCapacityProviderStrategy: strategy }],
  ])('refuse %j', (input) => {
    expect(openEcs().refusal('CreateCluster', input)).toMatch(/^InvalidParameterException: /);
  });
});

describe('capacity providers', () => {
  test('of a cluster: only those that are associated, and none that is in use goes', () => {
    const { call, refusal } = openEcs();
    const { launchType: _launch, ...service } = placed;
    const asked = { ...service, serviceName: 'spot', capacityProviderStrategy: strategy };
    expect(refusal('CreateService', asked)).toMatch(/not associated with the cluster/);
    call('PutClusterCapacityProviders', { ...put, defaultCapacityProviderStrategy: [] });
    call('CreateService', asked);
    expect(
      refusal('PutClusterCapacityProviders', {
        ...put,
        capacityProviders: ['FARGATE'],
        defaultCapacityProviderStrategy: [],
      }),
    ).toMatch(/^ResourceInUseException: /);
    const { taskArns } = call<{ taskArns: string[] }>('ListTasks', { serviceName: 'spot' });
    expect(call('DescribeTasks', { tasks: taskArns })).toMatchObject({
      tasks: [{ launchType: 'FARGATE', capacityProviderName: 'FARGATE_SPOT' }],
    });
  });

  test.each([
    [
      'two bases',
      [
        { capacityProvider: 'FARGATE', base: 1, weight: 1 },
        { capacityProvider: 'FARGATE_SPOT', base: 1 },
      ],
    ],
    ['no weight', [{ capacityProvider: 'FARGATE', weight: 0 }]],
    ['another', [{ capacityProvider: 'machines', weight: 1 }]],
  ])('a strategy with %s is refused', (_name, defaultCapacityProviderStrategy) => {
    expect(openEcs().refusal('PutClusterCapacityProviders', { ...put, defaultCapacityProviderStrategy })).toMatch(
      /^InvalidParameterException: /,
    );
  });
});

describe('account settings', () => {
  test('of one principal go before those of the account, and those before what is usual', () => {
    const { call, refusal } = openEcs();
    const value = (more: Readonly<Record<string, unknown>> = {}) =>
      call<{ settings: { value: string }[] }>('ListAccountSettings', {
        name: 'containerInsights',
        effectiveSettings: true,
        ...more,
      }).settings[0]?.value;
    expect(value()).toBe('disabled');
    call('PutAccountSettingDefault', { name: 'containerInsights', value: 'enhanced' });
    expect(value()).toBe('enhanced');
    call('PutAccountSetting', { name: 'containerInsights', value: 'enabled' });
    expect(value()).toBe('enabled');
    expect(value({ principalArn: 'arn:aws:iam::123456789012:role/other' })).toBe('enhanced');
    call('DeleteAccountSetting', { name: 'containerInsights' });
    expect(value()).toBe('enhanced');
    expect(call('ListAccountSettings', {})).toEqual({ settings: [] });
    expect(refusal('PutAccountSetting', { name: 'nothing', value: 'enabled' })).toMatch(/^InvalidParameterException: /);
    expect(refusal('PutAccountSetting', { name: 'containerInsights', value: 'much' })).toMatch(/^Invalid/);
    expect(refusal('PutAccountSetting', { name: 'guardDutyActivate', value: 'on' })).toMatch(/^Invalid/);
  });
});
