import * as v from 'valibot';
import type { AwsApi } from '../aws/api.js';
import { parseShape } from '../base/json.js';

const answer = v.looseObject({
  MetricAlarms: v.optional(
    v.array(
      v.looseObject({ AlarmName: v.string(), StateReason: v.nullish(v.string()), StateValue: v.nullish(v.string()) }),
    ),
    [],
  ),
});

/**
 * Why alarms went off, in CloudWatch's own words, as `Threshold Crossed: 1 datapoint [12.0] was greater than …`; empty
 * when that may not be read. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
 */
export async function readAlarmReasons(cloudwatch: AwsApi, names: readonly string[]): Promise<readonly string[]> {
  try {
    const told = await cloudwatch.call('DescribeAlarms', { AlarmNames: names }, { tries: 2 });
    const { MetricAlarms } = parseShape(answer, told, 'answer of cloudwatch DescribeAlarms');
    return MetricAlarms.flatMap(({ AlarmName, StateReason }) => (StateReason ? [`${AlarmName}: ${StateReason}`] : []));
  } catch {
    // It is a help: without it the name of the alarm is what there is.
    return [];
  }
}
