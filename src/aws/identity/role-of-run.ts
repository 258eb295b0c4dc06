import { LadingError } from '../../base/errors.js';
import type { AwsCredentials } from '../api.js';
import { findCredentials } from '../credentials/chain.js';
import type { CredentialContext } from '../credentials/provider.js';
import { readCaller } from './caller.js';
import { hasIdToken, readIdToken } from './id-token.js';
import { explainNoToken } from './no-token.js';
import { audienceOf, isSessionOf, readRole, roleOfAccount } from './role-arn.js';
import { takeRole, takeRoleByToken } from './take-role.js';

/** Of sessions that a verb takes by itself. */
const SESSION = 'lading';

/**
 * Credentials of the role that a run is to have: by the ID token of the job, which can be had again when they expire; else
 * by whatever credentials there are. Who is in that role already stays as he is.
 */
export async function roleOfRun(role: string, context: CredentialContext): Promise<AwsCredentials> {
  const { env, region } = context;
  const found = readRole({ role, where: 'role' }, region);
  const audience = audienceOf(region);
  if (found && hasIdToken(env)) {
    return takeRoleByToken({ arn: found.arn, session: SESSION }, () => mintToken(audience, context), context);
  }
  const own = await credentialsFor(role, audience, context);
  const caller = await readCaller(own, context);
  const arn = found?.arn ?? roleOfAccount(role, caller.account, region);
  return isSessionOf(caller.arn, arn) ? own : takeRole({ arn, session: SESSION }, own, context);
}

/** An ID token, where `hasIdToken` says that there is one. */
export async function mintToken(audience: string, context: CredentialContext) {
  const token = await readIdToken(audience, context);
  if (token) return token;
  throw new Error('there is no ID token');
}

/** Credentials to take a role with. When there are none, the job was most likely to have an ID token. */
export async function credentialsFor(role: string, audience: string, context: CredentialContext) {
  try {
    return await findCredentials(context);
  } catch (error) {
    if (!(error instanceof LadingError) || error.code !== 'NO_CREDENTIALS') throw error;
    throw (await explainNoToken(role, { env: context.env, audience })) ?? error;
  }
}
