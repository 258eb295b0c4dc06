import * as v from 'valibot';
import type { AwsApi } from '../api.js';
import { booleanText, listOf, numberText } from '../protocol/xml.js';
import { ask, askAll } from './ask.js';

const text = v.optional(v.string());

const subnet = v.looseObject({
  subnetId: v.string(),
  vpcId: v.string(),
  availabilityZone: text,
  availableIpAddressCount: v.optional(numberText),
});
const route = v.looseObject({
  destinationCidrBlock: text,
  destinationIpv6CidrBlock: text,
  destinationPrefixListId: text,
  gatewayId: text,
  natGatewayId: text,
  state: text,
});
const routeTable = v.looseObject({
  routeTableId: v.string(),
  routeSet: listOf(route),
  associationSet: listOf(v.looseObject({ subnetId: text, main: v.optional(booleanText, false) })),
});
const endpoint = v.looseObject({
  vpcEndpointId: v.string(),
  serviceName: v.string(),
  vpcEndpointType: v.optional(v.string(), 'Interface'),
  state: text,
  routeTableIdSet: listOf(v.string()),
});
const peers = {
  ipProtocol: v.optional(v.string(), '-1'),
  fromPort: v.optional(numberText),
  toPort: v.optional(numberText),
  groups: listOf(v.looseObject({ groupId: text })),
  ipRanges: listOf(v.looseObject({ cidrIp: text })),
  ipv6Ranges: listOf(v.looseObject({ cidrIpv6: text })),
  prefixListIds: listOf(v.looseObject({ prefixListId: text })),
};
const securityGroup = v.looseObject({
  groupId: v.string(),
  vpcId: text,
  ipPermissions: listOf(v.looseObject(peers)),
  ipPermissionsEgress: listOf(v.looseObject(peers)),
});

const subnets = v.looseObject({ subnetSet: listOf(subnet) });
const routeTables = v.looseObject({ routeTableSet: listOf(routeTable), nextToken: text });
const endpoints = v.looseObject({ vpcEndpointSet: listOf(endpoint), nextToken: text });
const securityGroups = v.looseObject({ securityGroupInfo: listOf(securityGroup) });

export type Subnet = v.InferOutput<typeof subnet>;
export type Route = v.InferOutput<typeof route>;
export type RouteTable = v.InferOutput<typeof routeTable>;
export type VpcEndpoint = v.InferOutput<typeof endpoint>;
export type SecurityGroup = v.InferOutput<typeof securityGroup>;

/** Rejects when one of them is not there. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSubnets.html */
export async function readSubnets(ec2: AwsApi, ids: readonly string[]): Promise<readonly Subnet[]> {
  return (await ask(ec2, 'DescribeSubnets', { SubnetId: ids }, subnets)).subnetSet;
}

export async function readRouteTables(ec2: AwsApi, vpc: string): Promise<readonly RouteTable[]> {
  return askAll(ec2, 'DescribeRouteTables', ofVpc(vpc), {
    schema: routeTables,
    items: (page) => page.routeTableSet,
    next: next,
  });
}

export async function readVpcEndpoints(ec2: AwsApi, vpc: string): Promise<readonly VpcEndpoint[]> {
  return askAll(ec2, 'DescribeVpcEndpoints', ofVpc(vpc), {
    schema: endpoints,
    items: (page) => page.vpcEndpointSet,
    next: next,
  });
}

export async function readSecurityGroups(ec2: AwsApi, ids: readonly string[]): Promise<readonly SecurityGroup[]> {
  if (ids.length === 0) return [];
  return (await ask(ec2, 'DescribeSecurityGroups', { GroupId: ids }, securityGroups)).securityGroupInfo;
}

function ofVpc(vpc: string): object {
  return { Filter: [{ Name: 'vpc-id', Value: [vpc] }] };
}

function next({ nextToken }: { readonly nextToken?: string | undefined }): object | undefined {
  return nextToken ? { NextToken: nextToken } : undefined;
}
