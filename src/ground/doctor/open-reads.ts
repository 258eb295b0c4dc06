import type { AwsSession } from '../../aws/api.js';
import { parseArn } from '../../aws/arn.js';
import { isAwsFailure } from '../../aws/failure.js';
import * as images from '../../aws/reads/images.js';
import * as balancers from '../../aws/reads/load-balancers.js';
import * as names from '../../aws/reads/names.js';
import * as network from '../../aws/reads/network.js';
import * as roles from '../../aws/reads/roles.js';
import type { Context } from '../../base/context.js';
import * as state from '../../aws/reads/state.js';
import { readJobClaims } from '../../github/identity/job-token.js';
import type { AccountReads } from './account/scene.js';
import { once } from './reads.js';
import { readFoundImage } from './service/read-image.js';
import type { RegionalRepository, ServiceReads } from './service/scene.js';
import type { StateScene } from './terraform/state.js';

type Opener = Pick<AwsSession, 'api' | 'region'>;

/** The reads of a service's checks, each made once however many ask. */
export function openServiceReads({ api, region }: Opener, context: Context): ServiceReads {
  const [elb, ec2, iam] = [api('elbv2'), api('ec2'), api('iam')];
  const ecr = (place: RegionalRepository) => api('ecr', { region: place.region });
  return {
    targetGroup: once((arn) => balancers.readTargetGroup(elb, arn)),
    targetGroupAttributes: once((arn) => balancers.readTargetGroupAttributes(elb, arn)),
    targetHealth: once((arn) => balancers.readTargetHealth(elb, arn)),
    loadBalancers: byContent((arns) => balancers.readLoadBalancers(elb, arns)),
    subnets: byContent((ids) => network.readSubnets(ec2, ids)),
    routeTables: once((vpc) => network.readRouteTables(ec2, vpc)),
    endpoints: once((vpc) => network.readVpcEndpoints(ec2, vpc)),
    securityGroups: byContent((ids) => network.readSecurityGroups(ec2, ids)),
    role: once((name) => roles.readRole(iam, name)),
    rolePolicies: once((name) => roles.readRolePolicies(iam, name)),
    simulate: (request) => roles.simulate(iam, request),
    repository: byContent((place) => images.readRepository(ecr(place), place)),
    ecrImage: (place, id) => images.readEcrImage(ecr(place), place, id),
    ecrImages: byContent((place) => images.readEcrImages(ecr(place), place)),
    lifecyclePolicy: byContent((place) => images.readLifecyclePolicy(ecr(place), place)),
    hasPolicy: (arn) => hasPolicy({ api, region }, arn),
    image: once((text) => readFoundImage(text, context, region)),
    logGroup: (name, place) => names.readLogGroup(api('logs', { region: place }), name),
    secret: (id, place) => names.readSecret(api('secretsmanager', { region: place }), id),
    parameter: (name, place) => names.readParameter(api('ssm', { region: place }), name),
  };
}

export function openAccountReads({ api }: Opener, context: Context): AccountReads {
  const iam = api('iam');
  return {
    role: once((name) => roles.readRole(iam, name)),
    rolePolicies: once((name) => roles.readRolePolicies(iam, name)),
    simulate: (request) => roles.simulate(iam, request),
    claims: () => readJobClaims(context, 'sts.amazonaws.com'),
  };
}

export function openStateReads(session: AwsSession, account: string): StateScene['reads'] {
  const s3 = (region: string) => session.rest('s3', { region, tries: 2 });
  return {
    bucket: (name, region) => state.readBucket(s3(region), name, account),
    lockFile: (bucket, key, region) => state.readLockFile(s3(region), bucket, key),
    lockItem: (table, id, region) => state.readLockItem(session.api('dynamodb', { region, tries: 2 }), table, id),
  };
}

/** The same read for equal keys. */
function byContent<Key, Value>(read: (key: Key) => Promise<Value>): (key: Key) => Promise<Value> {
  const known = once((text: string) => read(JSON.parse(text) as Key));
  return (key) => known(JSON.stringify(key));
}

/** A repository or a secret with a policy of its own. */
async function hasPolicy({ api }: Opener, arn: string): Promise<boolean> {
  const place = parseArn(arn);
  if (!place) return false;
  try {
    if (place.service === 'ecr') {
      const repositoryName = place.resource.replace(/^repository\//, '');
      const input = { registryId: place.account, repositoryName };
      const answer = await api('ecr', { region: place.region }).call('GetRepositoryPolicy', input);
      return hasText(answer, 'policyText');
    }
    const answer = await api('secretsmanager', { region: place.region }).call('GetResourcePolicy', { SecretId: arn });
    return hasText(answer, 'ResourcePolicy');
  } catch (error) {
    if (isAwsFailure(error, 'not-found')) return false;
    throw error;
  }
}

function hasText(answer: unknown, name: string): boolean {
  const value = (answer as Readonly<Record<string, unknown>> | null)?.[name];
  return typeof value === 'string' && value !== '';
}
