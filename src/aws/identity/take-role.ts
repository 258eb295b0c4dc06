import { LadingError } from '../../base/errors.js';
import { isConnectionFailure } from '../../base/retry.js';
import { say } from '../../base/tell/report.js';
import type { AwsCredentials, CallOptions } from '../api.js';
import type { RoleRequest } from '../credentials/assume-role.js';
import { assumeRole, assumeRoleByToken } from '../credentials/assume-role.js';
import type { CredentialContext } from '../credentials/provider.js';
import { customEndpoint } from '../endpoint.js';
import { isAwsFailure } from '../failure.js';
import { isKnownRegion, nearestRegion } from '../regions.js';
import type { IdToken } from './id-token.js';
import { explainRefusedRole, explainRefusedToken } from './refused.js';
import type { SessionTags } from './session-tags.js';

export interface RoleWish {
  readonly arn: string;
  readonly session: string;
  readonly seconds?: number | undefined;
  readonly externalId?: string | undefined;
  readonly policy?: string | undefined;
  readonly policyArns?: readonly string[] | undefined;
  /** Of no use with an ID token. */
  readonly tags?: SessionTags | undefined;
  readonly transitiveKeys?: readonly string[] | undefined;
  /** How long STS is asked again when it fails for a moment; a minute when left out. */
  readonly call?: CallOptions | undefined;
}

/** What passes at AWS has passed in this time, or is told. */
const PATIENCE_MS = 60_000;

/** Credentials of a role for an ID token. A token that has expired on its way is asked for once more. */
export async function takeRoleByToken(
  wish: RoleWish,
  mint: () => Promise<IdToken>,
  context: CredentialContext,
): Promise<AwsCredentials> {
  const first = await mint();
  const ask = (token: IdToken) => {
    const source = `the ID token of ${token.giver}, role ${wish.arn}`;
    return assumeRoleByToken(requestOf(wish), token.token, context, optionsOf(wish, source, context));
  };
  try {
    return await ask(first);
  } catch (error) {
    if (!isAwsFailure(causeOf(error), 'expired')) throw await explained(error, first);
    const second = await mint();
    if (second.token === first.token) throw await explained(error, first);
    say(context.report, 'debug', `the ID token of ${first.giver} has expired on its way: STS gets a new one`);
    return await ask(second).catch(async (again: unknown) => {
      throw await explained(again, second);
    });
  }

  async function explained(error: unknown, token: IdToken): Promise<unknown> {
    return strangeRegion(error, context) ?? (await explainRefusedToken(error, { role: wish.arn, token }, context));
  }
}

/** Credentials of a role for those of somebody who may take it. */
export async function takeRole(
  wish: RoleWish,
  by: AwsCredentials,
  context: CredentialContext,
): Promise<AwsCredentials> {
  const { tags, transitiveKeys = [] } = wish;
  const ask = (list: SessionTags['all'] = []) => {
    const keys = transitiveKeys.filter((key) => list.some(({ Key }) => Key === key));
    const request = {
      ...requestOf(wish),
      ExternalId: wish.externalId,
      Tags: list.length > 0 ? list : undefined,
      TransitiveTagKeys: keys.length > 0 ? keys : undefined,
    };
    return assumeRole(request, by, context, optionsOf(wish, `${by.source}, role ${wish.arn}`, context));
  };
  try {
    return await ask(tags?.all).catch((error: unknown) => {
      const isTooLarge = isAwsFailure(causeOf(error), 'refused') && typeOf(error) === 'PackedPolicyTooLarge';
      if (!isTooLarge || !tags || tags.fewer.length === tags.all.length) throw error;
      say(context.report, 'info', 'The tags of the session are too large for STS: it gets fewer of them.');
      return ask(tags.fewer);
    });
  } catch (error) {
    throw strangeRegion(error, context) ?? explainRefusedRole(error, wish.arn);
  }
}

function requestOf(wish: RoleWish): RoleRequest {
  return {
    RoleArn: wish.arn,
    RoleSessionName: wish.session,
    DurationSeconds: wish.seconds,
    Policy: wish.policy,
    PolicyArns: wish.policyArns?.map((arn) => ({ arn })),
  };
}

function optionsOf(wish: RoleWish, source: string, context: CredentialContext) {
  const call = wish.call ?? { deadline: context.clock.now() + PATIENCE_MS };
  return {
    source,
    region: context.region,
    renewal: `Take ${wish.arn} again: its credentials have expired.`,
    // A region that nobody knows has no hosts, however often they are asked for.
    call: isDoubtful(context) ? { ...call, tries: 1 } : call,
  };
}

function isDoubtful({ region, env }: CredentialContext): boolean {
  return !isKnownRegion(region) && customEndpoint('sts', env) === undefined;
}

function strangeRegion(error: unknown, context: CredentialContext): LadingError | undefined {
  if (!isDoubtful(context) || !isConnectionFailure(error)) return undefined;
  const near = nearestRegion(context.region);
  return new LadingError(
    'input',
    `there is no AWS at sts.${context.region}: no region that is known is called ${context.region}`,
    {
      code: 'NO_SUCH_REGION',
      hint: near ? `Did you mean ${near}?` : 'Check the name of the region.',
      cause: error,
    },
  );
}

/** What STS said, of an error that says that a role was not given. */
function causeOf(error: unknown): unknown {
  return error instanceof LadingError ? error.cause : undefined;
}

function typeOf(error: unknown): unknown {
  return error instanceof LadingError ? error.details?.type : undefined;
}
