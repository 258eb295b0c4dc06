import type { AwsSession } from '../../aws/api.js';
import { parseArn } from '../../aws/arn.js';
import { customEndpoint } from '../../aws/endpoint.js';
import type { Context } from '../../base/context.js';
import { LadingError } from '../../base/errors.js';
import { say } from '../../base/tell/report.js';
import { boundaryArn } from '../../cloud/access/boundary.js';
import { providerArn } from '../../cloud/access/provider.js';
import { roleArn } from '../../cloud/access/role.js';
import type { PolicyDocument } from '../../cloud/document.js';
import type { Foundation } from '../../cloud/foundation.js';
import type { NamedService, PolicyNames } from '../../cloud/policy-names.js';
import { lintTrust } from '../../cloud/trust/lint.js';
import { trustOf } from '../../cloud/trust/trust.js';
import type { Home } from './pipeline.js';
import { jobsOf } from './pipeline.js';
import type { BootstrapRequest, RoleName } from './request.js';
import { roleNames } from './request.js';
import { readRunning } from './running.js';

/** What the release of `lading.yml` is made of. */
export interface ReleaseParts {
  readonly services: readonly {
    readonly region: string | undefined;
    readonly cluster: string;
    readonly service: string;
  }[];
  /** Of repositories at ECR; account and region are those of the run when the host does not tell them. */
  readonly repositories: readonly {
    readonly account: string | undefined;
    readonly region: string | undefined;
    readonly name: string;
  }[];
}

/** What each role may do: who declares the verbs knows it. */
export type Policies = (names: PolicyNames) => Readonly<Record<RoleName, PolicyDocument>>;

export interface Place {
  readonly account: string;
  readonly partition: string;
  readonly region: string;
}

export interface WholeRequest {
  readonly request: BootstrapRequest;
  readonly home: Home;
  readonly place: Place;
  readonly parts: ReleaseParts;
  readonly policies: Policies;
}

/** Names and documents of everything. */
export async function designFoundation(
  aws: AwsSession,
  { request, home, place, parts, policies }: WholeRequest,
  context: Pick<Context, 'env' | 'report'>,
): Promise<Foundation> {
  const { account, partition, region } = place;
  const { name, prefix } = request;
  const at = { account, partition };
  const { pipeline, repository } = home;
  const repositoryId = pipeline.ci === 'github' ? pipeline.ids?.repository : undefined;
  const owner = { prefix, repository, repositoryId };
  const stateRegion = request.stateRegion ?? region;
  const bucket = request.bucket ?? `lading-state-${account}-${stateRegion}`;
  const { issuer, audience } = pipeline;
  const provider = providerArn({ ...at, issuer });
  const boundary = { ...at, name: `${prefix}-boundary`, bucket, owner };
  const services = parts.services.map((one) => namedService(one, region));
  const running = await Promise.all(services.map((one) => readRunning(aws, one, { ...at, context })));
  const documents = policies({
    ...place,
    stateRegion,
    repositories: parts.repositories.map(
      (one) => `arn:${partition}:ecr:${one.region ?? region}:${one.account ?? account}:repository/${one.name}`,
    ),
    services,
    families: running.flatMap(({ families }) => families),
    taskRoles: running.flatMap(({ taskRoles }) => taskRoles),
    logGroups: running.flatMap(({ logGroups }) => logGroups),
    stack: name,
    bucket,
    lockTable: request.table,
    boundary: boundaryArn(boundary),
    roles: roleNames.map((role) => roleArn({ ...at, name: `${prefix}-${role}` })),
    provider,
  });
  const roles = roleNames.map((role) => {
    const trust = trustOf(pipeline, jobsOf(role, home, request.environments), provider);
    refuseWide(role, lintTrust(trust, { issuer, audience, provider }));
    refuseLong(role, trust, documents[role]);
    const description = `lading: ${role} of ${repository}`;
    return { ...at, name: `${prefix}-${role}`, description, trust, policy: documents[role], owner };
  });
  return {
    bucket: {
      ...at,
      bucket,
      region: stateRegion,
      owner,
      isOwnName: request.bucket === undefined,
      hasTls: hasTls(context),
    },
    table: request.table === undefined ? undefined : { ...at, table: request.table, region: stateRegion, owner },
    provider: { ...at, issuer, audience, owner },
    boundary,
    roles,
  };
}

/** What we write ourselves must pass what we ask of others. */
function refuseWide(role: RoleName, issues: readonly string[]): void {
  if (issues.length > 0) throw new Error(`the trust of ${role}: ${issues.join('; ')}`);
}

/** Letters without blanks. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const LONGEST = { trust: 2048, policy: 10_240 } as const;

/** Told before anything is made: IAM would tell it in the middle. */
function refuseLong(role: RoleName, trust: PolicyDocument, policy: PolicyDocument): void {
  for (const [what, document] of [['trust', trust] as const, ['policy', policy] as const]) {
    const { length } = JSON.stringify(document);
    if (length <= LONGEST[what]) continue;
    const fewer = what === 'trust' ? 'environments' : 'services';
    throw new LadingError('input', `the ${what} of ${role} has ${length} letters, and IAM takes ${LONGEST[what]}`, {
      code: 'POLICY_TOO_LONG',
      hint: `Part the ${fewer}: a bootstrap for each environment of lading.yml, with --environment.`,
    });
  }
}

function hasTls({ env, report }: Pick<Context, 'env' | 'report'>): boolean {
  const endpoint = customEndpoint('s3', env);
  if (!endpoint?.startsWith('http:')) return true;
  say(report, 'info', `S3 at ${endpoint} has no TLS: its bucket gets no rule that demands it`);
  return false;
}

/** Both may be ARNs. */
function namedService(one: ReleaseParts['services'][number], region: string): NamedService {
  const arn = parseArn(one.service);
  const names = (arn?.resource ?? one.service).split('/');
  const inArn = arn && names.length === 3 ? names[1] : undefined;
  return {
    region: arn?.region ?? one.region ?? region,
    cluster: inArn ?? one.cluster.slice(one.cluster.lastIndexOf('/') + 1),
    service: names.at(-1) ?? one.service,
  };
}
