/** A part of AWS that shares nothing with the others. It rules DNS suffix and ARNs. */
export interface AwsPartition {
  readonly id: string;
  readonly suffix: string;
  /** Region that signs for services of which a partition has one. */
  readonly home: string;
  /** Host of IAM. */
  readonly iam: string;
}

const world: AwsPartition = { id: 'aws', suffix: 'amazonaws.com', home: 'us-east-1', iam: 'iam.amazonaws.com' };

/** By what their regions begin with. */
const others: Readonly<Record<string, AwsPartition>> = {
  'cn-': one('aws-cn', 'amazonaws.com.cn', 'cn-north-1'),
  'us-gov-': { ...one('aws-us-gov', 'amazonaws.com', 'us-gov-west-1'), iam: 'iam.us-gov.amazonaws.com' },
  'us-iso-': one('aws-iso', 'c2s.ic.gov', 'us-iso-east-1'),
  'us-isob-': one('aws-iso-b', 'sc2s.sgov.gov', 'us-isob-east-1'),
  'us-isof-': one('aws-iso-f', 'csp.hci.ic.gov', 'us-isof-south-1'),
  'eu-isoe-': one('aws-iso-e', 'cloud.adc-e.uk', 'eu-isoe-west-1'),
  'eusc-': one('aws-eusc', 'amazonaws.eu', 'eusc-de-east-1'),
};

function one(id: string, suffix: string, home: string): AwsPartition {
  return { id, suffix, home, iam: `iam.${home}.${suffix}` };
}

/** The partition of a region. */
export function partitionOf(region: string): AwsPartition {
  const prefix = Object.keys(others).find((start) => region.startsWith(start));
  return (prefix === undefined ? undefined : others[prefix]) ?? world;
}

/** Every partition by its id, as an ARN names it. */
export const partitions: readonly AwsPartition[] = [world, ...Object.values(others)];
