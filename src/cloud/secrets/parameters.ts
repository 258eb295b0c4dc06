import * as v from 'valibot';
import type { AwsApi } from '../../aws/api.js';
import { isAwsFailure } from '../../aws/failure.js';
import { ask, askAll } from '../../aws/reads/ask.js';
import { LadingError } from '../../base/errors.js';
import { tagList } from '../owner.js';
import type { SecretStore, StoredSecret } from './store.js';
import { timeText } from './store.js';

const described = v.looseObject({
  Parameters: v.optional(
    v.array(
      v.looseObject({
        Name: v.string(),
        Type: v.optional(v.string()),
        ARN: v.optional(v.string()),
        LastModifiedDate: v.nullish(v.number()),
        KeyId: v.nullish(v.string()),
      }),
    ),
    [],
  ),
  NextToken: v.nullish(v.string()),
});
const got = v.looseObject({ Parameter: v.looseObject({ Value: v.string() }) });

/** Parameters of Systems Manager, of the type SecureString. https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html */
export function parameterStore(
  ssm: AwsApi,
  { partition, account }: { readonly partition: string; readonly account: string },
): SecretStore {
  const arnOf = (name: string) =>
    `arn:${partition}:ssm:${ssm.region}:${account}:parameter${name.startsWith('/') ? '' : '/'}${name}`;
  const read = (filter: object) =>
    askAll(
      ssm,
      'DescribeParameters',
      { ParameterFilters: [filter] },
      {
        schema: described,
        items: (page) => page.Parameters,
        next: (page) => (page.NextToken ? { NextToken: page.NextToken } : undefined),
      },
    );
  const stored = (name: string, changed?: number | null): StoredSecret => ({
    id: name,
    arn: arnOf(name),
    changedAt: timeText(changed),
  });

  return {
    name: 'ssm',
    async find(id) {
      const [found] = await read({ Key: 'Name', Option: 'Equals', Values: [id] });
      if (found === undefined) return undefined;
      if (found.Type !== undefined && found.Type !== 'SecureString') {
        throw new LadingError('input', `the parameter ${id} is there, and is a ${found.Type}: everybody reads it`, {
          code: 'NOT_SECRET',
          hint: `Delete it, or take another name with --id.`,
        });
      }
      return { ...stored(found.Name, found.LastModifiedDate), key: found.KeyId ?? undefined };
    },
    async value(id) {
      try {
        return (await ask(ssm, 'GetParameter', { Name: id, WithDecryption: true }, got)).Parameter.Value;
      } catch (error) {
        if (isAwsFailure(error, 'not-found', 'denied')) return undefined;
        throw error;
      }
    },
    async create({ id, value, key, tags }) {
      await ssm.call('PutParameter', { ...put(id, value, key), Tags: tagList(tags) });
      return stored(id);
    },
    async replace({ id, value, key }) {
      await ssm.call('PutParameter', { ...put(id, value, key), Overwrite: true });
      return stored(id);
    },
    async remove(id) {
      await ssm.call('DeleteParameter', { Name: id });
      return undefined;
    },
    async list(prefix) {
      const found = await read({ Key: 'Name', Option: 'BeginsWith', Values: [prefix] });
      return found
        .filter(({ Type }) => Type === 'SecureString')
        .map(({ Name, LastModifiedDate }) => stored(Name, LastModifiedDate));
    },
  };
}

/** Up to 4 KB cost nothing; what is longer takes the dearer tier by itself. */
function put(id: string, value: string, key: string | undefined): object {
  const tier = { Tier: 'Intelligent-Tiering' };
  return { Name: id, Value: value, Type: 'SecureString', ...tier, ...(key === undefined ? {} : { KeyId: key }) };
}
