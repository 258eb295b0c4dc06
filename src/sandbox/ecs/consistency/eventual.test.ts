import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openEcs } from '../../../../test/support/sandbox-ecs.js';
import { createLags } from './lags.js';

const eventual = (seed: number) => openEcs({ consistency: 'eventual', seed });
type Opened = ReturnType<typeof openEcs>;

const list = ({ call }: Opened) =>
  call<{ serviceDeployments: { serviceDeploymentArn: string; targetServiceRevisionArn: string }[] }>(
    'ListServiceDeployments',
    { service: 'web' },
  ).serviceDeployments;
const isDescribed = ({ call }: Opened, arn: string) =>
  call<{ serviceDeployments: unknown[] }>('DescribeServiceDeployments', { serviceDeploymentArns: [arn] })
    .serviceDeployments.length === 1;
/** The ARN of the deployment that began last, whatever reads say. */
const deploy = (opened: Opened): string => {
  opened.pass(20);
  const known = new Set(list(opened).map((one) => one.serviceDeploymentArn));
  opened.deploy();
  const later = { ...opened };
  opened.pass(6);
  return list(later).find((one) => !known.has(one.serviceDeploymentArn))?.serviceDeploymentArn ?? '';
};

describe('eventual reads', () => {
  test('know a service only some moments after it was made', () => {
    const { call, pass } = eventual(1);
    expect(call('DescribeServices', { services: ['web'] })).toMatchObject({
      services: [],
      failures: [{ reason: 'MISSING' }],
    });
    pass(3);
    expect(call('DescribeServices', { services: ['web'] })).toMatchObject({ services: [{ serviceName: 'web' }] });
  });

  test('show a service as it was before an update, and its former deployment as the current one', () => {
    const { deploy: update, service, pass } = eventual(1);
    pass(20);
    const former = service().currentServiceDeployment;
    expect(update()).toBe(former);
    expect(service()).toMatchObject({ taskDefinition: expect.stringMatching(/web:1$/) as string, deployments: [{}] });
    pass(2.2);
    expect(service()).toMatchObject({
      taskDefinition: expect.stringMatching(/web:2$/) as string,
      currentServiceDeployment: former,
      deployments: [{}, {}],
    });
    pass(2);
    expect(service().currentServiceDeployment).not.toBe(former);
  });

  test('know the record of a deployment three to five seconds late, in lists first or by its ARN first', () => {
    const first = new Set<string>();
    for (let seed = 1; seed <= 12; seed++) {
      const arn = deploy(eventual(seed));
      const opened = eventual(seed);
      opened.pass(20);
      opened.deploy();
      let listed = Infinity;
      let described = Infinity;
      for (let ms = 0; ms <= 6000; ms += 100) {
        if (list(opened).some((one) => one.serviceDeploymentArn === arn)) listed = Math.min(listed, ms);
        if (isDescribed(opened, arn)) described = Math.min(described, ms);
        opened.pass(0.1);
      }
      for (const late of [listed, described]) {
        expect(late).toBeGreaterThanOrEqual(3000);
        expect(late).toBeLessThanOrEqual(5100);
      }
      first.add(listed < described ? 'listed' : 'described');
    }
    expect([...first].sort()).toEqual(['described', 'listed']);
  });

  test('know the revision late, too, and tasks a little late', () => {
    const opened = eventual(3);
    opened.pass(20);
    opened.deploy();
    const { call, pass } = opened;
    pass(1.1);
    expect(call('ListTasks', { serviceName: 'web' })).toMatchObject({ taskArns: [expect.any(String)] });
    pass(4);
    const [revision] = list(opened).map((one) => one.targetServiceRevisionArn);
    const asked = { serviceRevisionArns: [revision] };
    expect(call('DescribeServiceRevisions', asked)).toMatchObject({ serviceRevisions: [{}] });
    expect(call('ListTasks', { serviceName: 'web' })).toMatchObject({
      taskArns: [{}, {}].map(() => expect.any(String) as string),
    });
  });

  test('are strong when nobody says otherwise', () => {
    const opened = openEcs();
    const arn = opened.deploy();
    expect(list(opened)[0]?.serviceDeploymentArn).toBe(arn);
    expect(isDescribed(opened, arn)).toBe(true);
    expect(opened.service().currentServiceDeployment).toBe(arn);
  });
});

test('the same seed gives the same lags, another gives others', () => {
  fc.assert(
    fc.property(fc.integer(), fc.string(), (seed, arn) => {
      const [one, again] = [createLags('eventual', seed), createLags('eventual', seed)];
      expect(again.deployment(arn)).toEqual(one.deployment(arn));
      expect(again.order(['a', 'b', 'c'], (entry) => entry + arn)).toEqual(
        one.order(['a', 'b', 'c'], (entry) => entry + arn),
      );
      expect(one.order(['a', 'b', 'c'], (entry) => entry).toSorted()).toEqual(['a', 'b', 'c']);
    }),
  );
  const lags = new Set([1, 2, 3, 4, 5].map((seed) => createLags('eventual', seed).revision('arn')));
  expect(lags.size).toBeGreaterThan(1);
});
