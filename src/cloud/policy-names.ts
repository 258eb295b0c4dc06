/** A service of ECS, as policies name it. */
export interface NamedService {
  readonly region: string;
  readonly cluster: string;
  readonly service: string;
}

/** What stands in the ARNs of a policy. Lists that are empty leave their statements out. */
export interface PolicyNames {
  readonly partition: string;
  readonly account: string;
  /** Of the stacks. */
  readonly region: string;
  /** Where the state is. */
  readonly stateRegion: string;
  /** ARNs. */
  readonly repositories: readonly string[];
  readonly services: readonly NamedService[];
  /** ARNs of all revisions of a task definition. */
  readonly families: readonly string[];
  /** ARNs of the roles that tasks get. */
  readonly taskRoles: readonly string[];
  /** ARNs of what is in a log group. */
  readonly logGroups: readonly string[];
  /** Name of the stacks, and of what is in them. */
  readonly stack: string;
  readonly bucket: string;
  readonly lockTable: string | undefined;
  /** ARN. */
  readonly boundary: string;
  /** ARNs of the roles that bootstrap makes, and of the provider that they trust. */
  readonly roles: readonly string[];
  readonly provider: string;
}
