import { readFile } from 'node:fs/promises';
import type { Environment } from '../../base/context.js';
import { InputError, LadingError, messageOf } from '../../base/errors.js';
import { say } from '../../base/tell/report.js';
import type { AwsCredentials } from '../api.js';
import { findCredentials } from '../credentials/chain.js';
import type { CredentialContext } from '../credentials/provider.js';
import { masked } from '../credentials/provider.js';
import { isAwsFailure } from '../failure.js';
import type { Caller } from './caller.js';
import { checkAccount, readCaller } from './caller.js';
import { hasIdToken, take } from './id-token.js';
import { audienceOf, readRole, roleOfAccount } from './role-arn.js';
import { credentialsFor, mintToken } from './role-of-run.js';
import type { RoleWish } from './take-role.js';
import { takeRole, takeRoleByToken } from './take-role.js';

export interface SignInRequest extends Omit<RoleWish, 'arn'> {
  /** ARN, or the name of a role of the account that asks. */
  readonly role?: { readonly role: string; readonly where: string } | undefined;
  readonly keys?: Pick<AwsCredentials, 'accessKeyId' | 'secretAccessKey' | 'sessionToken'> | undefined;
  readonly tokenFile?: string | undefined;
  readonly audience?: string | undefined;
  readonly allowedAccounts: readonly string[];
  /** The role is taken by the credentials that are there, not by an ID token. */
  readonly isChained: boolean;
  readonly skipsIdToken: boolean;
  /** Credentials that are there are good enough, when they are good. */
  readonly keepsExisting: boolean;
  /** Credentials that are there are not looked at. */
  readonly forgetsExisting: boolean;
  /** Asks again until the secret key holds letters and digits only. */
  readonly wantsPlainSecret: boolean;
}

/** Credentials that AWS takes, and whose they are. */
export interface SignedIn {
  readonly credentials: AwsCredentials;
  readonly caller: Caller;
  /** They were there before: nothing was taken. */
  readonly isExisting: boolean;
}

/** Chances of a secret without + and / are 28 in 100. */
const MOST_SECRETS = 40;

/**
 * Credentials as they were asked for, proven by GetCallerIdentity and of an account that is allowed; only then does anyone
 * get them.
 */
export async function signIn(request: SignInRequest, context: CredentialContext): Promise<SignedIn> {
  const { role, allowedAccounts: allowed, call } = request;
  const found = role && readRole(role, context.region);
  if (found) checkAccount(found.account, allowed, `${found.arn} is of`);
  const there = request.forgetsExisting ? { ...context, env: withoutCredentials(context.env) } : context;
  if (request.keepsExisting) {
    const existing = await existingOf(there, request);
    if (existing) return existing;
  }
  let credentials = await obtain(found?.arn, request, there);
  for (let tries = 1; request.wantsPlainSecret && /[^A-Za-z0-9]/.test(credentials.secretAccessKey); tries++) {
    if (!role || tries === MOST_SECRETS) throw noPlainSecret(role !== undefined);
    credentials = await obtain(found?.arn, request, there);
  }
  const caller = await readCaller(credentials, context, call);
  checkAccount(caller.account, allowed, `${caller.arn} is of`);
  return { credentials, caller, isExisting: false };
}

async function existingOf(context: CredentialContext, request: SignInRequest): Promise<SignedIn | undefined> {
  try {
    const credentials = await findCredentials(context);
    const caller = await readCaller(credentials, context, request.call);
    checkAccount(caller.account, request.allowedAccounts, `${caller.arn}, which is there already, is of`);
    return { credentials, caller, isExisting: true };
  } catch (error) {
    const isNone = error instanceof LadingError && error.code === 'NO_CREDENTIALS';
    if (!isNone && !isAwsFailure(error, 'expired', 'unknown-key', 'bad-signature', 'no-credentials')) throw error;
    say(context.report, 'info', `No credentials are there that AWS takes: ${messageOf(error)}`);
    return undefined;
  }
}

/** Credentials from where the request points to; nobody has tried them yet. */
async function obtain(
  arn: string | undefined,
  request: SignInRequest,
  context: CredentialContext,
): Promise<AwsCredentials> {
  const { role, keys, tokenFile } = request;
  if (!role) return keys ? staticKeys(keys, context) : findCredentials(context);
  const audience = request.audience ?? audienceOf(context.region);
  const byToken =
    tokenFile !== undefined || (!keys && !request.isChained && !request.skipsIdToken && hasIdToken(context.env));
  if (byToken) {
    if (arn === undefined) throw bareName(role.role, role.where);
    const mint = tokenFile === undefined ? () => mintToken(audience, context) : () => readTokenFile(tokenFile, context);
    return takeRoleByToken({ ...request, arn }, mint, context);
  }
  const own = keys ? staticKeys(keys, context) : await credentialsFor(role.role, audience, context);
  if (arn !== undefined) return takeRole({ ...request, arn }, own, context);
  const { account } = await readCaller(own, context, request.call);
  checkAccount(account, request.allowedAccounts, `${role.role} is of`);
  return takeRole({ ...request, arn: roleOfAccount(role.role, account, context.region) }, own, context);
}

function staticKeys(keys: NonNullable<SignInRequest['keys']>, context: CredentialContext): AwsCredentials {
  return masked(context, { ...keys, source: 'the given keys', renewal: 'Give new keys: these have expired.' });
}

async function readTokenFile(file: string, context: CredentialContext) {
  try {
    return take(await readFile(file, 'utf8'), file, context);
  } catch (cause) {
    if (cause instanceof LadingError) throw cause;
    throw new InputError({ where: 'web-identity-token-file', message: `cannot be read: ${messageOf(cause)}` });
  }
}

function bareName(role: string, where: string): InputError {
  return new InputError({
    where,
    message: `${role} is a name, and an ID token is of no account`,
    hint: `Write the ARN: arn:aws:iam::123456789012:role/${role}.`,
  });
}

function noPlainSecret(isRole: boolean): LadingError {
  const why = isRole
    ? `none of ${MOST_SECRETS} secret keys was without special characters`
    : 'the secret key has special characters';
  return new LadingError('credentials', `no AWS credentials: ${why}`, {
    code: 'SPECIAL_CHARACTERS',
    hint: isRole ? 'Run it again.' : 'Take a role, or leave special-characters-workaround out.',
  });
}

/** The environment without what says who one is. */
function withoutCredentials(env: Environment): Environment {
  const names = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE', 'AWS_ROLE_ARN'];
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name)));
}
