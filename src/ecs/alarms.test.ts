import { expect, test } from 'vitest';
import type { AwsApi } from '../aws/api.js';
import { readAlarmReasons } from './alarms.js';

const api = (call: AwsApi['call']): AwsApi => ({ service: 'cloudwatch', region: 'eu-central-1', call });

test('each alarm with why it went off', async () => {
  const StateReason = 'Threshold Crossed: 1 datapoint [12.0] was greater than the threshold (5.0).';
  const told = await readAlarmReasons(
    api(async (operation, input) => {
      expect([operation, input]).toEqual(['DescribeAlarms', { AlarmNames: ['web-5xx', 'gone'] }]);
      return { MetricAlarms: [{ AlarmName: 'web-5xx', StateReason }, { AlarmName: 'silent' }] };
    }),
    ['web-5xx', 'gone'],
  );
  expect(told).toEqual([`web-5xx: ${StateReason}`]);
});

test.each([
  ['a refusal', () => Promise.reject(new Error('AccessDenied'))],
  ['another shape', () => Promise.resolve({ MetricAlarms: 'none' })],
])('%s costs nothing but the reason', async (_name, call) => {
  expect(await readAlarmReasons(api(call), ['web-5xx'])).toEqual([]);
});
