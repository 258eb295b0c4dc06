import * as v from 'valibot';
import type { AwsSession } from '../../aws/api.js';
import { isAwsFailure } from '../../aws/failure.js';
import { listOf } from '../../aws/protocol/xml.js';
import { parseShape } from '../../base/json.js';
import type { CloudCall } from '../call.js';
import type { PlanItem } from '../item.js';
import { updated } from '../item.js';
import type { Owner, Tags } from '../owner.js';
import { keptNote, keptShared, readTags, tagList, tagsOf } from '../owner.js';

export interface ProviderWish {
  /** Without the scheme. */
  readonly issuer: string;
  readonly audience: string;
  readonly partition: string;
  readonly account: string;
  readonly owner: Owner;
}

export interface ProviderState {
  readonly audiences: readonly string[];
  readonly tags: Tags;
}

const shape = v.looseObject({
  ClientIDList: listOf(v.string()),
  Tags: listOf(v.looseObject({ Key: v.string(), Value: v.string() })),
});

/** There is one for an issuer in an account, and its ARN is known before it is made. */
export function providerArn({ partition, account, issuer }: Omit<ProviderWish, 'audience' | 'owner'>): string {
  return `arn:${partition}:iam::${account}:oidc-provider/${issuer}`;
}

/** Undefined when there is none. */
export async function readProvider(aws: AwsSession, wish: ProviderWish): Promise<ProviderState | undefined> {
  try {
    const answer = await aws
      .api('iam')
      .call('GetOpenIDConnectProvider', { OpenIDConnectProviderArn: providerArn(wish) });
    const { ClientIDList, Tags } = parseShape(shape, answer, 'answer of iam GetOpenIDConnectProvider');
    return { audiences: ClientIDList, tags: readTags(Tags) };
  } catch (error) {
    if (isAwsFailure(error, 'not-found')) return undefined;
    throw error;
  }
}

/**
 * One that is there is taken as it is, and gets the audience when it lacks it. A thumbprint is never sent: AWS knows the
 * issuers by its root certificates. https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html
 */
export function planProvider(wish: ProviderWish, state: ProviderState | undefined): PlanItem {
  const { issuer, audience, owner } = wish;
  const item = itemOf(wish);
  if (state === undefined) {
    const input = { Url: `https://${issuer}`, ClientIDList: [audience], Tags: tagList(tagsOf(owner)) };
    return {
      ...item,
      action: 'create',
      changes: [`audience: ${audience}`],
      calls: [iam('CreateOpenIDConnectProvider', input)],
    };
  }
  const add = iam('AddClientIDToOpenIDConnectProvider', { OpenIDConnectProviderArn: item.arn, ClientID: audience });
  const lacks = !state.audiences.includes(audience);
  return updated({ ...item, note: keptNote(state.tags, wish.owner) }, [
    lacks ? { line: [`audience: + ${audience}`], calls: [add] } : undefined,
  ]);
}

export function planProviderRemoval(
  wish: ProviderWish,
  state: ProviderState | undefined,
  alsoUsedBy: string | undefined,
): PlanItem | undefined {
  if (state === undefined) return undefined;
  const item = itemOf(wish);
  const why =
    keptShared(state.tags, wish.owner) ??
    (alsoUsedBy === undefined ? undefined : `the role ${alsoUsedBy} trusts it, too`);
  if (why !== undefined) return { ...item, action: 'keep', changes: [], calls: [], note: why };
  const calls = [iam('DeleteOpenIDConnectProvider', { OpenIDConnectProviderArn: item.arn })];
  return { ...item, action: 'delete', changes: [], calls };
}

function itemOf(wish: ProviderWish) {
  return { kind: 'provider' as const, name: wish.issuer, arn: providerArn(wish) };
}

export function iam(operation: string, input: object): CloudCall {
  return { service: 'iam', operation, input };
}
