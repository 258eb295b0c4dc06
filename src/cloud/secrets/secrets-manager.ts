import * as v from 'valibot';
import type { AwsApi } from '../../aws/api.js';
import { isAwsFailure } from '../../aws/failure.js';
import { ask, askAll } from '../../aws/reads/ask.js';
import { tagList } from '../owner.js';
import type { SecretStore, StoredSecret } from './store.js';
import { timeText } from './store.js';

const entry = v.looseObject({
  ARN: v.string(),
  Name: v.string(),
  LastChangedDate: v.nullish(v.number()),
  DeletedDate: v.nullish(v.number()),
  KmsKeyId: v.nullish(v.string()),
});
const list = v.looseObject({ SecretList: v.optional(v.array(entry), []), NextToken: v.nullish(v.string()) });
const made = v.looseObject({ ARN: v.string(), Name: v.string() });
const got = v.looseObject({ SecretString: v.nullish(v.string()) });
const removed = v.looseObject({ DeletionDate: v.nullish(v.number()) });

/** So long one that was removed can be brought back. */
const RECOVERY_DAYS = 30;

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/Welcome.html */
export function secretsManager(api: AwsApi): SecretStore {
  return {
    name: 'secretsmanager',
    async find(id) {
      try {
        return stored(await ask(api, 'DescribeSecret', { SecretId: id }, entry));
      } catch (error) {
        if (isAwsFailure(error, 'not-found')) return undefined;
        throw error;
      }
    },
    async value(id) {
      try {
        return (await ask(api, 'GetSecretValue', { SecretId: id }, got)).SecretString ?? undefined;
      } catch (error) {
        // One on its way out has no value to read.
        if (isAwsFailure(error, 'not-found', 'denied', 'refused')) return undefined;
        throw error;
      }
    },
    async create({ id, value, key, tags }) {
      const input = {
        Name: id,
        SecretString: value,
        Tags: tagList(tags),
        ...(key === undefined ? {} : { KmsKeyId: key }),
      };
      return { ...(await ask(api, 'CreateSecret', input, made).then(stored)), changedAt: undefined };
    },
    async replace({ id, value, key }, present) {
      if (present.deletedAt !== undefined) await api.call('RestoreSecret', { SecretId: id });
      if (key !== undefined) {
        return stored(await ask(api, 'UpdateSecret', { SecretId: id, SecretString: value, KmsKeyId: key }, made));
      }
      return stored(await ask(api, 'PutSecretValue', { SecretId: id, SecretString: value }, made));
    },
    async remove(id) {
      const input = { SecretId: id, RecoveryWindowInDays: RECOVERY_DAYS };
      return timeText((await ask(api, 'DeleteSecret', input, removed)).DeletionDate);
    },
    async list(prefix) {
      const found = await askAll(
        api,
        'ListSecrets',
        { Filters: [{ Key: 'name', Values: [prefix] }] },
        {
          schema: list,
          items: (page) => page.SecretList,
          next: (page) => (page.NextToken ? { NextToken: page.NextToken } : undefined),
        },
      );
      return found.filter(({ Name }) => Name.startsWith(prefix)).map(stored);
    },
  };
}

function stored(one: {
  readonly ARN: string;
  readonly Name: string;
  readonly LastChangedDate?: number | null | undefined;
  readonly DeletedDate?: number | null | undefined;
  readonly KmsKeyId?: string | null | undefined;
}): StoredSecret {
  const deletedAt = timeText(one.DeletedDate);
  return {
    id: one.Name,
    arn: one.ARN,
    changedAt: timeText(one.LastChangedDate),
    key: one.KmsKeyId ?? undefined,
    ...(deletedAt === undefined ? {} : { deletedAt }),
  };
}
