import * as v from 'valibot';
import type { AwsSession } from '../../aws/api.js';
import { isAwsFailure } from '../../aws/failure.js';
import { listOf, numberText } from '../../aws/protocol/xml.js';
import { parseShape } from '../../base/json.js';
import type { PolicyDocument } from '../document.js';
import { readDocument } from '../document.js';
import type { Owner, Tags } from '../owner.js';
import { readTags } from '../owner.js';

/** A role as it shall be. */
export interface RoleWish {
  readonly name: string;
  readonly partition: string;
  readonly account: string;
  readonly description: string;
  readonly trust: PolicyDocument;
  readonly policy: PolicyDocument;
  readonly owner: Owner;
}

/** A role as it is. */
export interface RoleState {
  readonly trust: PolicyDocument;
  readonly sessionSeconds: number;
  readonly tags: Tags;
  /** Its own policies, by name. */
  readonly inline: ReadonlyMap<string, PolicyDocument>;
  /** ARNs of those of the account or AWS. */
  readonly attached: readonly string[];
}

const shapes = {
  GetRole: v.looseObject({
    Role: v.looseObject({
      AssumeRolePolicyDocument: v.string(),
      MaxSessionDuration: v.optional(numberText, 3600),
      Tags: listOf(v.looseObject({ Key: v.string(), Value: v.string() })),
    }),
  }),
  ListRolePolicies: v.looseObject({ PolicyNames: listOf(v.string()) }),
  GetRolePolicy: v.looseObject({ PolicyDocument: v.string() }),
  ListAttachedRolePolicies: v.looseObject({ AttachedPolicies: listOf(v.looseObject({ PolicyArn: v.string() })) }),
} as const;

export function roleArn({ partition, account, name }: Pick<RoleWish, 'partition' | 'account' | 'name'>): string {
  return `arn:${partition}:iam::${account}:role/${name}`;
}

/** Undefined when there is none. */
export async function readRole(aws: AwsSession, name: string): Promise<RoleState | undefined> {
  const read = async <Name extends keyof typeof shapes>(operation: Name, input: object = {}) =>
    parseShape(
      shapes[operation],
      await aws.api('iam').call(operation, { RoleName: name, ...input }),
      `answer of iam ${operation}`,
    ) as v.InferOutput<(typeof shapes)[Name]>;
  try {
    const { Role: role } = await read('GetRole');
    const [{ PolicyNames: names }, { AttachedPolicies: attached }] = await Promise.all([
      read('ListRolePolicies'),
      read('ListAttachedRolePolicies'),
    ]);
    const inline = await Promise.all(
      names.map(async (policy) => {
        const { PolicyDocument: text } = await read('GetRolePolicy', { PolicyName: policy });
        return [policy, readDocument(text, `policy ${policy} of role ${name}`)] as const;
      }),
    );
    return {
      trust: readDocument(role.AssumeRolePolicyDocument, `trust of role ${name}`),
      sessionSeconds: role.MaxSessionDuration,
      tags: readTags(role.Tags),
      inline: new Map(inline),
      attached: attached.map(({ PolicyArn }) => PolicyArn),
    };
  } catch (error) {
    if (isAwsFailure(error, 'not-found')) return undefined;
    throw error;
  }
}
