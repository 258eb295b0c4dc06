import * as v from 'valibot';
import type { AwsApi } from '../api.js';
import { listOf, numberText } from '../protocol/xml.js';
import { ask } from './ask.js';

const targetGroup = v.looseObject({
  TargetGroupArn: v.string(),
  TargetGroupName: v.optional(v.string(), ''),
  Protocol: v.optional(v.string()),
  Port: v.optional(numberText),
  VpcId: v.optional(v.string()),
  TargetType: v.optional(v.string(), 'instance'),
  HealthCheckProtocol: v.optional(v.string()),
  HealthCheckPort: v.optional(v.string(), 'traffic-port'),
  HealthCheckPath: v.optional(v.string()),
  HealthCheckIntervalSeconds: v.optional(numberText, 30),
  HealthCheckTimeoutSeconds: v.optional(numberText),
  HealthyThresholdCount: v.optional(numberText, 5),
  UnhealthyThresholdCount: v.optional(numberText, 2),
  Matcher: v.optional(v.looseObject({ HttpCode: v.optional(v.string()), GrpcCode: v.optional(v.string()) })),
  LoadBalancerArns: listOf(v.string()),
});
const targetGroups = v.looseObject({ TargetGroups: listOf(targetGroup) });
const attributes = v.looseObject({
  Attributes: listOf(v.looseObject({ Key: v.string(), Value: v.optional(v.string(), '') })),
});
const loadBalancer = v.looseObject({
  LoadBalancerArn: v.string(),
  Type: v.optional(v.string(), 'application'),
  VpcId: v.optional(v.string()),
  SecurityGroups: listOf(v.string()),
  AvailabilityZones: listOf(v.looseObject({ ZoneName: v.optional(v.string()), SubnetId: v.optional(v.string()) })),
});
const loadBalancers = v.looseObject({ LoadBalancers: listOf(loadBalancer) });
const health = v.looseObject({
  TargetHealthDescriptions: listOf(
    v.looseObject({
      Target: v.looseObject({ Id: v.string(), Port: v.optional(numberText) }),
      TargetHealth: v.looseObject({
        State: v.optional(v.string(), ''),
        Reason: v.optional(v.string()),
        Description: v.optional(v.string()),
      }),
    }),
  ),
});

export type TargetGroup = v.InferOutput<typeof targetGroup>;
export type LoadBalancer = v.InferOutput<typeof loadBalancer>;
export type TargetHealth = v.InferOutput<typeof health>['TargetHealthDescriptions'][number];

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroup.html */
export async function readTargetGroup(elb: AwsApi, arn: string): Promise<TargetGroup | undefined> {
  return (await ask(elb, 'DescribeTargetGroups', { TargetGroupArns: [arn] }, targetGroups)).TargetGroups[0];
}

/** By their names, as `deregistration_delay.timeout_seconds`. https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html */
export async function readTargetGroupAttributes(elb: AwsApi, arn: string): Promise<ReadonlyMap<string, string>> {
  const { Attributes } = await ask(elb, 'DescribeTargetGroupAttributes', { TargetGroupArn: arn }, attributes);
  return new Map(Attributes.map(({ Key, Value }) => [Key, Value]));
}

export async function readLoadBalancers(elb: AwsApi, arns: readonly string[]): Promise<readonly LoadBalancer[]> {
  if (arns.length === 0) return [];
  return (await ask(elb, 'DescribeLoadBalancers', { LoadBalancerArns: arns }, loadBalancers)).LoadBalancers;
}

export async function readTargetHealth(elb: AwsApi, arn: string): Promise<readonly TargetHealth[]> {
  return (await ask(elb, 'DescribeTargetHealth', { TargetGroupArn: arn }, health)).TargetHealthDescriptions;
}
