import * as v from 'valibot';
import type { AwsSession } from '../../aws/api.js';
import { lastName, parseArn, readArn } from '../../aws/arn.js';
import { openAws } from '../../aws/session.js';
import type { Context } from '../../base/context.js';
import { InputError } from '../../base/errors.js';
import { parseShape } from '../../base/json.js';
import { parameterStore } from '../../cloud/secrets/parameters.js';
import { secretsManager } from '../../cloud/secrets/secrets-manager.js';
import type { SecretStore, StoreName } from '../../cloud/secrets/store.js';
import type { RunningTask } from './running-task.js';
import { readRunningTask } from './running-task.js';

/** The service that a secret is for. */
export interface SecretPlace {
  readonly cluster: string;
  readonly service: string;
  readonly region: string | undefined;
}

export interface OpenSecrets {
  readonly aws: AwsSession;
  readonly store: SecretStore;
  readonly account: string;
  readonly partition: string;
  /** Names of cluster and service, not ARNs. */
  readonly cluster: string;
  readonly service: string;
  /** Undefined when the service is not there yet. */
  readonly task: RunningTask | undefined;
  /** What the names of its secrets begin with. */
  readonly prefix: string;
}

export async function openSecrets(place: SecretPlace, store: StoreName, context: Context): Promise<OpenSecrets> {
  const arn = parseArn(place.service);
  const aws = await openAws(context, { region: arn?.region ?? place.region });
  const what = 'answer of sts GetCallerIdentity';
  const shape = v.looseObject({ Account: v.string(), Arn: v.string() });
  const { Account: account, Arn } = parseShape(shape, await aws.api('sts').call('GetCallerIdentity'), what);
  const { partition } = readArn(Arn, what);
  const names = arn?.resource.split('/') ?? [];
  const cluster = names.length === 3 && names[1] !== undefined ? names[1] : lastName(place.cluster);
  const service = lastName(place.service);
  const task = await readRunningTask(aws.api('ecs'), cluster, service, context);
  const path = cluster === service || cluster === 'default' ? service : `${cluster}/${service}`;
  return {
    aws,
    store:
      store === 'ssm'
        ? parameterStore(aws.api('ssm'), { partition, account })
        : secretsManager(aws.api('secretsmanager')),
    account,
    partition,
    cluster,
    service,
    task,
    prefix: store === 'ssm' ? `/${path}/` : `${path}/`,
  };
}

/** The name of a variable, else what the store calls a secret. Refuses what is no such name, and does not show it: it may be the value. */
export function checkNames(
  { name, id }: { readonly name: string; readonly id?: string | undefined },
  where: (name: string) => string,
): void {
  const issues = [];
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,199}$/.test(name)) {
    issues.push({
      where: where('name'),
      message: 'is no name of a variable (not shown)',
      hint: 'Give the name alone, as DATABASE_URL, and the value by --from or a pipe.',
    });
  }
  if (id !== undefined && !/^\/?[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)*$/.test(id)) {
    issues.push({
      where: where('id'),
      message: 'is no name of a secret: letters, digits and - _ . parted by / (not shown)',
    });
  }
  if (issues.length > 0) throw new InputError(issues);
}
