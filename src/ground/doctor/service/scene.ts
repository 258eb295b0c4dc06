import type { LoadBalancer, TargetGroup, TargetHealth } from '../../../aws/reads/load-balancers.js';
import type { EcrImage, EcrRepository, RepositoryPlace } from '../../../aws/reads/images.js';
import type { LogGroup, Parameter, Secret } from '../../../aws/reads/names.js';
import type { RouteTable, SecurityGroup, Subnet, VpcEndpoint } from '../../../aws/reads/network.js';
import type { Decision, Role } from '../../../aws/reads/roles.js';
import type { PolicyDocument } from '../../../aws/policy/document.js';
import type { Environment } from '../../../base/environment.js';
import type { TaskSettings } from '../../../ecs/definition/settings.js';
import type { ServiceSettings } from '../../../ecs/settings.js';
import type { Service } from '../../../ecs/shapes.js';
import type { FoundImage } from './read-image.js';

/** A service that was found, and what may be asked about it. Reads reject with `LadingError`; the same one is made once. */
export interface ServiceScene {
  /** Says where ECR is, when it is not AWS's own. */
  readonly env: Environment;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly region: string;
  readonly partition: string;
  /** Of the service. */
  readonly account: string;
  /** By its name. */
  readonly cluster: string;
  readonly service: Service;
  readonly settings: ServiceSettings;
  /** `family:revision` */
  readonly revision: string;
  readonly task: TaskSettings;
  readonly reads: ServiceReads;
}

/** What is not there is undefined, of a list left out. */
export interface ServiceReads {
  targetGroup(arn: string): Promise<TargetGroup | undefined>;
  targetGroupAttributes(arn: string): Promise<ReadonlyMap<string, string>>;
  targetHealth(arn: string): Promise<readonly TargetHealth[]>;
  loadBalancers(arns: readonly string[]): Promise<readonly LoadBalancer[]>;
  subnets(ids: readonly string[]): Promise<readonly Subnet[]>;
  routeTables(vpc: string): Promise<readonly RouteTable[]>;
  endpoints(vpc: string): Promise<readonly VpcEndpoint[]>;
  securityGroups(ids: readonly string[]): Promise<readonly SecurityGroup[]>;
  role(name: string): Promise<Role | undefined>;
  rolePolicies(name: string): Promise<readonly PolicyDocument[]>;
  simulate(request: {
    readonly principal: string;
    readonly actions: readonly string[];
    readonly resources: readonly string[];
  }): Promise<readonly Decision[]>;
  repository(place: RegionalRepository): Promise<EcrRepository | undefined>;
  ecrImage(
    place: RegionalRepository,
    id: { readonly imageDigest: string } | { readonly imageTag: string },
  ): Promise<EcrImage | undefined>;
  ecrImages(place: RegionalRepository): Promise<readonly EcrImage[]>;
  lifecyclePolicy(place: RegionalRepository): Promise<string | undefined>;
  /** Whether a repository or a secret has a policy of its own, which may allow what the role's does not. */
  hasPolicy(arn: string): Promise<boolean>;
  /** Asks the registry itself. */
  image(text: string): Promise<FoundImage | undefined>;
  logGroup(name: string, region: string): Promise<LogGroup | undefined>;
  secret(id: string, region: string): Promise<Secret | undefined>;
  parameter(name: string, region: string): Promise<Parameter | undefined>;
}

export interface RegionalRepository extends RepositoryPlace {
  readonly region: string;
}
