import * as v from 'valibot';
import type { AwsSession } from '../../aws/api.js';
import { booleanText, listOf } from '../../aws/protocol/xml.js';
import { parseShape } from '../../base/json.js';
import { readDocument } from '../document.js';

/** Roles that would miss what is shared, by the names of one each. */
export interface OtherUsers {
  /** A role that trusts the provider. */
  readonly ofProvider: string | undefined;
  /** A role of another bootstrap in this account. */
  readonly ofState: string | undefined;
}

const shape = v.looseObject({
  Roles: listOf(v.looseObject({ RoleName: v.string(), AssumeRolePolicyDocument: v.optional(v.string()) })),
  IsTruncated: v.optional(booleanText, false),
  Marker: v.optional(v.string()),
});

/** Looks through all roles of the account but those that go. */
export async function readOtherUsers(
  aws: AwsSession,
  { provider, leaving }: { readonly provider: string; readonly leaving: readonly string[] },
): Promise<OtherUsers> {
  let found: OtherUsers = { ofProvider: undefined, ofState: undefined };
  let marker: string | undefined;
  do {
    const answer = await aws.api('iam').call('ListRoles', { MaxItems: 1000, Marker: marker });
    const page = parseShape(shape, answer, 'answer of iam ListRoles');
    for (const { RoleName: name, AssumeRolePolicyDocument: trust } of page.Roles) {
      if (leaving.includes(name)) continue;
      const trusts = trust !== undefined && trustsProvider(trust, name, provider);
      found = {
        ofProvider: first(found.ofProvider, trusts ? name : undefined),
        ofState: first(found.ofState, isOfBootstrap(name) ? name : undefined),
      };
    }
    marker = page.IsTruncated ? page.Marker : undefined;
  } while (marker !== undefined);
  return found;
}

/** By the alphabet: IAM has no order. */
function first(...names: readonly (string | undefined)[]): string | undefined {
  return names.filter((name) => name !== undefined).sort()[0];
}

function trustsProvider(trust: string, name: string, provider: string): boolean {
  const { Statement: statements } = readDocument(trust, `trust of role ${name}`);
  return JSON.stringify(statements).includes(JSON.stringify(provider));
}

function isOfBootstrap(name: string): boolean {
  return /^lading-.+-(build|deploy|infra-plan|infra-apply|rotate)$/.test(name);
}
