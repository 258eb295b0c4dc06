import type { Context } from '../../base/context.js';
import type { InputIssue } from '../../base/errors.js';
import { InputError } from '../../base/errors.js';
import type { Origins } from '../../base/declare/origin.js';
import type { Lock } from '../../terraform/backend.js';
import type { Variables } from '../../terraform/variables.js';
import { registryName, registryVariables, serviceVariables } from './stack-variables.js';
import type { StackValues } from './stack-variables.js';

export type StackName = 'registry' | 'service';

/** The table that `lading bootstrap` makes when nobody names one. */
const LOCK_TABLE = 'lading-state-lock';

/** As they come from flags, variables and `lading.yml`. */
export interface InfraValues extends StackValues {
  readonly stack: StackName;
  readonly folder: string;
  readonly stateBucket?: string | undefined;
  readonly stateRegion?: string | undefined;
  readonly lock?: Lock | undefined;
  readonly lockTable?: string | undefined;
  readonly account?: string | undefined;
  readonly terraform?: string | undefined;
  readonly passEnv?: readonly string[] | undefined;
  readonly region?: string | undefined;
}

/** One stack of one environment, and where its state is. All of it is checked. */
export interface InfraRequest {
  readonly stack: StackName;
  /** Absolute. */
  readonly folder: string;
  /** What everything is named by, and the folder of the state in its bucket. */
  readonly name: string;
  /** Undefined: the one that is named by the account and the region. */
  readonly bucket: string | undefined;
  readonly key: string;
  /** Of the bucket, when it is another one than that of the run. */
  readonly stateRegion: string | undefined;
  readonly lock: Lock;
  readonly table: string | undefined;
  /** 12 digits: any other account is refused. */
  readonly account: string | undefined;
  readonly region: string | undefined;
  readonly terraform: string | undefined;
  readonly passEnv: readonly string[];
  /** Without the image. */
  readonly variables: Variables;
}

/** All that is missing or cannot be, at once. */
export function parseInfraRequest(
  values: InfraValues,
  context: Pick<Context, 'env' | 'cwd'>,
  { where }: Pick<Origins, 'where'>,
): InfraRequest {
  const { env } = context;
  const { stack } = values;
  const issues: InputIssue[] = [];
  const name = values.name ?? shortName(values.service) ?? (stack === 'registry' ? registryName(values) : undefined);
  if (name === undefined) {
    issues.push({
      where: where('name'),
      message: 'is missing',
      hint: 'Give `infra.name` or `deploy.service` in lading.yml.',
    });
  } else if (!/^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$/.test(name)) {
    issues.push({
      where: where('name'),
      message: `${JSON.stringify(name)} is no name: letters, digits, '-', '_', '.', '/'`,
    });
  }
  const bucket = values.stateBucket ?? (env.TF_STATE_BUCKET || undefined);
  if (bucket !== undefined && !/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) {
    issues.push({ where: where('state-bucket'), message: `${JSON.stringify(bucket)} is no name of a bucket` });
  }
  const named = values.lockTable ?? (env.TF_LOCK_TABLE || undefined);
  const lock = values.lock ?? (named === undefined ? 's3' : 'dynamodb');
  const table = named ?? (lock === 's3' ? undefined : LOCK_TABLE);
  if (table !== undefined && !/^[A-Za-z0-9._-]{3,255}$/.test(table)) {
    issues.push({ where: where('lock-table'), message: `${JSON.stringify(table)} is no name of a table` });
  }
  if (values.account !== undefined && !/^\d{12}$/.test(values.account)) {
    issues.push({ where: where('account'), message: 'is no account: 12 digits' });
  }
  const variables =
    stack === 'registry' ? registryVariables(values, issues, where) : serviceVariables(values, name, issues, where);
  if (issues.length > 0) throw new InputError(issues);
  return {
    stack,
    folder: `${values.folder}/${stack}`,
    name: name ?? '',
    bucket,
    key: `${name}/${stack}.tfstate`,
    stateRegion: values.stateRegion,
    lock,
    table,
    account: values.account,
    region: values.region,
    terraform: values.terraform,
    passEnv: values.passEnv ?? [],
    variables,
  };
}

/** Of a service by name or ARN. */
function shortName(service: string | undefined): string | undefined {
  return service?.slice(service.lastIndexOf('/') + 1);
}
