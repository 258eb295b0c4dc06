import * as v from 'valibot';
import type { AwsApi } from '../api.js';
import { isAwsFailure } from '../failure.js';
import { ask, askAll } from './ask.js';

const groups = v.looseObject({
  logGroups: v.optional(
    v.array(
      v.looseObject({
        logGroupName: v.string(),
        retentionInDays: v.nullish(v.number()),
      }),
    ),
    [],
  ),
  nextToken: v.nullish(v.string()),
});
const secret = v.looseObject({
  ARN: v.optional(v.string()),
  Name: v.optional(v.string()),
  DeletedDate: v.nullish(v.unknown()),
  KmsKeyId: v.nullish(v.string()),
});
const parameters = v.looseObject({
  Parameters: v.optional(
    v.array(v.looseObject({ Name: v.string(), Type: v.optional(v.string()), KeyId: v.nullish(v.string()) })),
    [],
  ),
  NextToken: v.nullish(v.string()),
});
const identity = v.looseObject({ Account: v.string(), Arn: v.string() });

export type LogGroup = v.InferOutput<typeof groups>['logGroups'][number];
export type Secret = v.InferOutput<typeof secret>;
export type Parameter = v.InferOutput<typeof parameters>['Parameters'][number];

/** Undefined when there is none: groups are found by what their names begin with. */
export async function readLogGroup(logs: AwsApi, name: string): Promise<LogGroup | undefined> {
  const found = await askAll(
    logs,
    'DescribeLogGroups',
    { logGroupNamePrefix: name },
    {
      schema: groups,
      items: (page) => page.logGroups,
      // The shortest comes first.
      next: ({ nextToken, logGroups }) =>
        nextToken && !logGroups.some(({ logGroupName }) => logGroupName === name) ? { nextToken } : undefined,
    },
  );
  return found.find(({ logGroupName }) => logGroupName === name);
}

/** What is known of a secret but its value, by name or ARN; undefined when there is none. */
export async function readSecret(secrets: AwsApi, id: string): Promise<Secret | undefined> {
  try {
    return await ask(secrets, 'DescribeSecret', { SecretId: id }, secret);
  } catch (error) {
    if (isAwsFailure(error, 'not-found')) return undefined;
    throw error;
  }
}

/** What is known of a parameter but its value; undefined when there is none. */
export async function readParameter(ssm: AwsApi, name: string): Promise<Parameter | undefined> {
  const input = { ParameterFilters: [{ Key: 'Name', Option: 'Equals', Values: [name] }] };
  const found = await askAll(ssm, 'DescribeParameters', input, {
    schema: parameters,
    items: (page) => page.Parameters,
    next: ({ NextToken }) => (NextToken ? { NextToken } : undefined),
  });
  return found.find((one) => one.Name === name);
}

/** Who the credentials belong to. */
export async function readCaller(sts: AwsApi): Promise<{ readonly account: string; readonly arn: string }> {
  const { Account, Arn } = await ask(sts, 'GetCallerIdentity', {}, identity);
  return { account: Account, arn: Arn };
}
