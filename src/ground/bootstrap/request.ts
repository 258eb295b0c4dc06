import type { Origins } from '../../base/declare/origin.js';
import type { Environment } from '../../base/environment.js';
import type { InputIssue } from '../../base/errors.js';
import { InputError } from '../../base/errors.js';

/** The roles of a pipeline. */
export const roleNames = ['build', 'deploy', 'infra-plan', 'infra-apply', 'rotate'] as const;

export type RoleName = (typeof roleNames)[number];

/** As they come from flags, variables and `lading.yml`. */
export interface BootstrapValues {
  readonly ci: 'github' | 'gitlab' | 'circleci';
  readonly repository?: string | undefined;
  readonly repositoryId?: string | undefined;
  readonly ownerId?: string | undefined;
  readonly organizationId?: string | undefined;
  readonly projectId?: string | undefined;
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
  readonly name?: string | undefined;
  readonly service?: string | undefined;
  readonly branch?: string | undefined;
  readonly githubEnvironment?: readonly string[] | undefined;
  readonly stateBucket?: string | undefined;
  readonly stateRegion?: string | undefined;
  readonly lock?: 's3' | 'dynamodb' | 'both' | undefined;
  readonly lockTable?: string | undefined;
  readonly account?: string | undefined;
  readonly region?: string | undefined;
  readonly variables?: boolean | undefined;
  readonly destroy: boolean;
  readonly confirm?: string | undefined;
  readonly dryRun: boolean;
}

/** What can be known before anybody is asked. All of it is checked. */
export interface BootstrapRequest {
  readonly ci: BootstrapValues['ci'];
  readonly repository: string;
  readonly repositoryId: string | undefined;
  readonly ownerId: string | undefined;
  readonly organizationId: string | undefined;
  readonly projectId: string | undefined;
  readonly issuer: string | undefined;
  readonly audience: string | undefined;
  /** Of the stacks, and in the names of all that is made. */
  readonly name: string;
  /** What those names begin with. */
  readonly prefix: string;
  /** The part of `lading.yml` that was taken, behind the names of variables: `_STAGING`. */
  readonly suffix: string;
  readonly branch: string | undefined;
  readonly environments: readonly string[];
  readonly bucket: string | undefined;
  readonly stateRegion: string | undefined;
  /** Undefined: the lock is a file in the bucket. */
  readonly table: string | undefined;
  readonly account: string | undefined;
  readonly region: string | undefined;
  readonly variables: boolean | undefined;
  readonly destroy: boolean;
  readonly dryRun: boolean;
}

const LOCK_TABLE = 'lading-state-lock';
/** IAM takes 64 letters, and `-infra-apply` comes behind. */
const LONGEST_PREFIX = 52;

/** All that is missing or cannot be, at once. */
export function parseBootstrap(
  values: BootstrapValues,
  known: { readonly env: Environment; readonly origin: string | undefined; readonly environment: string | undefined },
  { where }: Pick<Origins, 'where'>,
): BootstrapRequest {
  const { env, environment } = known;
  const issues: InputIssue[] = [];
  const demand = (name: string, value: string | undefined, pattern: RegExp, what: string) => {
    if (value !== undefined && !pattern.test(value)) {
      issues.push({ where: where(name), message: `${JSON.stringify(value)} is no ${what}` });
    }
  };
  const repository = values.repository ?? (env['GITHUB_REPOSITORY'] || known.origin);
  if (repository === undefined) {
    issues.push({
      where: where('repository'),
      message: 'is missing, and no remote called origin tells it',
      hint: 'Name it as OWNER/REPO.',
    });
  }
  const form = values.ci === 'gitlab' ? /^[\w.-]+(\/[\w.-]+)+$/ : /^[\w.-]+\/[\w.-]+$/;
  demand('repository', repository, form, 'repository: OWNER/REPO');
  demand('repository-id', values.repositoryId, /^\d{1,20}$/, 'id of a repository');
  demand('owner-id', values.ownerId, /^\d{1,20}$/, 'id of an account of GitHub');
  const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
  for (const [name, value] of [
    ['organization-id', values.organizationId],
    ['project-id', values.projectId],
  ] as const) {
    demand(name, value, uuid, 'id of CircleCI');
    if (values.ci === 'circleci' && value === undefined) {
      issues.push({ where: where(name), message: 'is missing: CircleCI tells it on the page of the settings' });
    }
  }
  demand(
    'issuer',
    values.issuer,
    /^(https:\/\/)?[a-z0-9.-]+\.[a-z0-9-]+(:\d+)?(\/[\w./-]+)?$/i,
    'address of an issuer',
  );
  demand('audience', values.audience, /^\S{1,255}$/, 'audience');
  demand('branch', values.branch, /^[^\s*?:[\\^~]+$/, 'name of a branch');
  for (const one of values.githubEnvironment ?? []) {
    demand('github-environment', one, /^[^*?]{1,255}$/, 'name of an environment: without * and ?');
  }
  const bucket = values.stateBucket ?? (env['TF_STATE_BUCKET'] || undefined);
  const table = values.lockTable ?? (env['TF_LOCK_TABLE'] || undefined);
  demand('state-bucket', bucket, /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'name of a bucket');
  demand('lock-table', table, /^[A-Za-z0-9._-]{3,255}$/, 'name of a table');
  demand('account', values.account, /^\d{12}$/, 'account: 12 digits');
  const name = values.name ?? lastOf(values.service) ?? lastOf(repository);
  demand('name', name, /^[A-Za-z0-9][A-Za-z0-9._-]*$/, "name: letters, digits, '-', '_', '.'");
  const prefix = ['lading', name, environment].filter((part) => part !== undefined).join('-');
  demand('environment', environment, /^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'environment whose name can be in that of a role');
  if (prefix.length > LONGEST_PREFIX) {
    issues.push({
      where: where('name'),
      message: `${prefix}-infra-apply is longer than the 64 letters that a role may have`,
      hint: 'Give a shorter one with --name.',
    });
  }
  if (values.destroy && !values.dryRun && values.confirm !== name) {
    issues.push({
      where: where('confirm'),
      message: values.confirm === undefined ? 'is missing' : `is ${values.confirm}, and the bootstrap is of ${name}`,
      hint: `Look at it with --dry-run, then give --confirm ${name ?? 'NAME'}.`,
    });
  }
  if (issues.length > 0) throw new InputError(issues);
  const lock = values.lock ?? (table === undefined ? 's3' : 'dynamodb');
  return {
    ...values,
    repository: repository ?? '',
    issuer: values.issuer?.replace(/^https:\/\//, ''),
    name: name ?? '',
    prefix,
    suffix: environment === undefined ? '' : `_${environment.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`,
    branch: values.branch,
    environments: values.githubEnvironment?.length ? values.githubEnvironment : [environment ?? 'production'],
    bucket,
    table: lock === 's3' ? undefined : (table ?? LOCK_TABLE),
    repositoryId: values.repositoryId,
    ownerId: values.ownerId,
    organizationId: values.organizationId,
    projectId: values.projectId,
    audience: values.audience,
    stateRegion: values.stateRegion,
    account: values.account,
    region: values.region,
    variables: values.variables,
  };
}

/** Of a path or an ARN. */
function lastOf(text: string | undefined): string | undefined {
  return text?.slice(text.lastIndexOf('/') + 1);
}
