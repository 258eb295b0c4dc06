import type { Environment } from '../base/context.js';
import type { AwsServiceName } from './api.js';

/** The partition of a region: it rules DNS suffix and ARNs. */
export function partitionOf(region: string): { readonly id: string; readonly suffix: string } {
  if (region.startsWith('cn-')) return { id: 'aws-cn', suffix: 'amazonaws.com.cn' };
  if (region.startsWith('us-gov-')) return { id: 'aws-us-gov', suffix: 'amazonaws.com' };
  if (region.startsWith('us-iso-')) return { id: 'aws-iso', suffix: 'c2s.ic.gov' };
  if (region.startsWith('us-isob-')) return { id: 'aws-iso-b', suffix: 'sc2s.sgov.gov' };
  if (region.startsWith('us-isof-')) return { id: 'aws-iso-f', suffix: 'csp.hci.ic.gov' };
  if (region.startsWith('eu-isoe-')) return { id: 'aws-iso-e', suffix: 'cloud.adc-e.uk' };
  if (region.startsWith('eusc-')) return { id: 'aws-eusc', suffix: 'amazonaws.eu' };
  return { id: 'aws', suffix: 'amazonaws.com' };
}

/** `AWS_ENDPOINT_URL_<SERVICE>`, then `AWS_ENDPOINT_URL`, then AWS's own. */
export function endpointOf(service: AwsServiceName, region: string, env: Environment): string {
  const custom = customEndpoint(service, env);
  if (custom) return custom;
  const { suffix } = partitionOf(region);
  if (service === 'ecr') return `https://api.ecr.${region}.${suffix}`;
  if (service === 'ecr-public') return `https://api.ecr-public.us-east-1.${suffix}`;
  if (service === 'iam') return `https://iam.${suffix}`;
  return `https://${service}.${region}.${suffix}`;
}

const variableOf: Readonly<Record<AwsServiceName, string>> = {
  ecs: 'ECS',
  ecr: 'ECR',
  'ecr-public': 'ECR_PUBLIC',
  sts: 'STS',
  logs: 'CLOUDWATCH_LOGS',
  elasticloadbalancing: 'ELASTIC_LOAD_BALANCING_V2',
  iam: 'IAM',
};

export function customEndpoint(service: AwsServiceName, env: Environment): string | undefined {
  if (env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS === 'true') return undefined;
  return env[`AWS_ENDPOINT_URL_${variableOf[service]}`] || env.AWS_ENDPOINT_URL || undefined;
}
