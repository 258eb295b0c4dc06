import * as v from 'valibot';
import { LadingError } from '../../base/errors.js';
import { parseShape } from '../../base/json.js';
import type { AwsCredentials, CallOptions } from '../api.js';
import type { CredentialContext } from '../credentials/provider.js';
import { openRpc } from '../open-api.js';

/** Who signs with some credentials. */
export interface Caller {
  /** 12 digits. */
  readonly account: string;
  readonly arn: string;
}

const shape = v.looseObject({ Account: v.string(), Arn: v.string() });

/** GetCallerIdentity: needs no permission, and says whether the credentials are good. */
export async function readCaller(
  credentials: AwsCredentials,
  context: CredentialContext,
  call?: CallOptions,
): Promise<Caller> {
  const sts = openRpc('sts', { region: context.region, credentials: async () => credentials }, context);
  const answer = await sts.call('GetCallerIdentity', {}, call);
  const { Account: account, Arn: arn } = parseShape(shape, answer, 'answer of sts GetCallerIdentity');
  return { account, arn };
}

/** Refuses an account that is not one of those allowed; none allowed means any. `whose` begins the message. */
export function checkAccount(account: string, allowed: readonly string[], whose: string): void {
  if (allowed.length === 0 || allowed.includes(account)) return;
  throw new LadingError('credentials', `${whose} account ${account}, and only ${allowed.join(', ')} may be used`, {
    code: 'WRONG_ACCOUNT',
    hint: `Log in to ${allowed.join(' or ')}, or add ${account} to --allowed-account-ids.`,
    details: { account, allowed },
  });
}
