import { afterEach, describe, expect, test } from 'vitest';
import { virtualClock } from '../../../src/base/clock.js';
import { startEcs } from './start.js';
import type { Errs } from './errs/errs.js';
import type { Rollout } from './rollouts/rollout.js';
import type { EcsServer } from './start.js';

const rollout: Rollout = { name: 'well', expect: { outcome: 'succeeded', earlyStop: 'must not' } };
const SERVICES = { cluster: 'production', services: ['web'] };
let ecs: EcsServer;

afterEach(() => ecs.close());

async function post(operation: string, input: object, errs: Errs = {}, target = 'AmazonEC2ContainerServiceV20141113') {
  ecs = await startEcs({ clock: virtualClock(), rollout, errs });
  return fetch(ecs.endpoint, {
    method: 'POST',
    headers: { 'x-amz-target': `${target}.${operation}`, 'content-type': 'application/x-amz-json-1.1' },
    body: JSON.stringify(input),
  });
}

describe('the server', () => {
  test('answers in AWS JSON 1.1', async () => {
    const response = await post('DescribeServices', SERVICES);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/x-amz-json-1.1');
    expect(await response.json()).toMatchObject({ services: [{ serviceName: 'web', status: 'ACTIVE' }] });
  });

  test('serves CloudWatch Logs too', async () => {
    const response = await post(
      'GetLogEvents',
      { logGroupName: '/ecs/web', logStreamName: 'none' },
      {},
      'Logs_20140328',
    );
    expect(await response.json()).toMatchObject({ __type: 'ResourceNotFoundException' });
  });

  test('tells errors of ECS with their type', async () => {
    const response = await post('DescribeServices', { ...SERVICES, cluster: 'none' });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ __type: 'ClusterNotFoundException', message: 'Cluster not found.' });
  });

  test('says of an operation unknown to it what an older partition says', async () => {
    const operations = ['ListServiceDeployments'];
    const response = await post('ListServiceDeployments', {}, { unknown: { operations, as: 'aws' } });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ __type: 'com.amazon.coral.service#UnknownOperationException' });
  });

  test('fails as moto does', async () => {
    const operations = ['ListServiceDeployments'];
    const response = await post('ListServiceDeployments', {}, { unknown: { operations, as: 'moto' } });
    expect(response.status).toBe(500);
    expect(await response.text()).toContain('<title>500 Internal Server Error</title>');
  });

  test('breaks the connection', async () => {
    const faults = [{ from: 0, operations: 'all', kind: 'reset' }] as const;
    await expect(post('DescribeServices', SERVICES, { faults })).rejects.toThrow('fetch failed');
  });
});
