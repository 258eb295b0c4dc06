import type { Context } from '../../base/context.js';
import type { InputIssue } from '../../base/errors.js';
import { InputError, LadingError } from '../../base/errors.js';
import { refuseLinks } from '../../base/files/files.js';
import { say } from '../../base/tell/report.js';
import { relative, sep } from 'node:path';
import type { AwsCredentials, CallOptions } from '../api.js';
import type { SessionTag } from '../credentials/assume-role.js';
import { findRegion } from '../session.js';
import type { CredentialsResult } from './hand-over.js';
import { credentialVariables } from './hand-over.js';
import { sessionTags } from './session-tags.js';
import type { SignInRequest } from './sign-in.js';
import { signIn } from './sign-in.js';
import { withProxy } from './proxy.js';

/** What `lading credentials` is asked for, as it was read. */
export interface AskedCredentials {
  readonly region: string | undefined;
  readonly role: string | undefined;
  readonly roleSessionName: string | undefined;
  readonly roleDurationSeconds: number | undefined;
  readonly roleExternalId: string | undefined;
  readonly roleSkipSessionTagging: boolean | undefined;
  readonly transitiveTagKeys: readonly string[] | undefined;
  readonly customTags: readonly SessionTag[] | undefined;
  readonly inlineSessionPolicy: string | undefined;
  readonly managedSessionPolicies: readonly string[] | undefined;
  readonly roleChaining: boolean | undefined;
  readonly awsAccessKeyId: string | undefined;
  readonly awsSecretAccessKey: string | undefined;
  readonly awsSessionToken: string | undefined;
  readonly webIdentityTokenFile: string | undefined;
  readonly audience: string | undefined;
  readonly forceSkipOidc: boolean | undefined;
  readonly useExistingCredentials: boolean | undefined;
  readonly unsetCurrentCredentials: boolean | undefined;
  readonly allowedAccountIds: readonly string[] | undefined;
  readonly httpProxy: string | undefined;
  readonly noProxy: string | undefined;
  readonly stsEndpoint: string | undefined;
  readonly disableRetry: boolean | undefined;
  readonly retryMaxAttempts: number | undefined;
  readonly specialCharactersWorkaround: boolean | undefined;
  readonly awsProfile: string | undefined;
  readonly overwriteAwsProfile: boolean | undefined;
  readonly outputCredentials: boolean | undefined;
  readonly outputEnvCredentials: boolean | undefined;
  readonly maskAwsAccountId: boolean | undefined;
  readonly format: CredentialsResult['format'];
}

/** The name of an input for errors, as `--role`. */
type Where = (name: string) => string;

/** Credentials that are proven and written where they were asked for. What is wrong is told before anyone is asked. */
export async function obtainCredentials(
  asked: AskedCredentials,
  world: Context,
  { where }: { readonly where: Where },
): Promise<CredentialsResult> {
  const issues = [...mistakesIn(asked, where)];
  if (issues.length > 0) throw new InputError(issues);
  for (const value of [asked.awsAccessKeyId, asked.awsSecretAccessKey, asked.awsSessionToken]) {
    if (value) world.report({ type: 'mask', value });
  }
  const file = asked.webIdentityTokenFile;
  // Whoever commits a link must not have another file of this machine sent to AWS.
  if (file !== undefined && isWithin(file, world.cwd)) await refuseLinks(file, world.cwd);
  return withProxy(asked, world, async (context) => {
    const region = await findRegion(context, asked.region);
    const { credentials, caller, isExisting } = await signIn(requestOf(asked, context, where), {
      ...context,
      region,
    }).catch((error: unknown) => {
      throw nothingGiven(error, asked, where) ?? error;
    });
    if (asked.maskAwsAccountId) {
      for (const value of [caller.account, caller.arn]) context.report({ type: 'mask', value });
    }
    say(context.report, 'info', `AWS knows us as ${caller.arn} (${credentials.source}).`);
    const written = await writeAsked(asked, { credentials, region }, context);
    const { accessKeyId, secretAccessKey, sessionToken, expiration, source } = credentials;
    const keys = { accessKeyId, secretAccessKey, sessionToken };
    // Those of the machine renew themselves: handed on they would not. A shell asks for them because it has none.
    const isTheirs = !asked.role && !asked.awsAccessKeyId && context.env.GITHUB_ACTIONS === 'true';
    const areVariables = asked.outputEnvCredentials ?? asked.awsProfile === undefined;
    return {
      ...caller,
      region,
      expiration: expiration?.toISOString(),
      source,
      credentials: keys,
      profile: asked.awsProfile,
      written,
      variables: {
        AWS_REGION: region,
        AWS_DEFAULT_REGION: region,
        ...(areVariables && !isExisting && !isTheirs && credentialVariables(keys, context.env)),
        ...(areVariables && asked.awsProfile !== undefined && { AWS_PROFILE: asked.awsProfile }),
      },
      outputs: asked.outputCredentials ?? false,
      format: asked.format,
    };
  });
}

function* mistakesIn(asked: AskedCredentials, where: Where): Generator<InputIssue> {
  const {
    awsAccessKeyId: id,
    awsSecretAccessKey: secret,
    awsSessionToken: token,
    roleDurationSeconds: seconds,
  } = asked;
  if (id && !secret) yield { where: where('aws-access-key-id'), message: 'is given without aws-secret-access-key' };
  if (secret && !id) yield { where: where('aws-secret-access-key'), message: 'is given without aws-access-key-id' };
  if (token && !id) yield { where: where('aws-session-token'), message: 'is given without aws-access-key-id' };
  if (seconds !== undefined && (seconds < 900 || seconds > 43_200)) {
    yield { where: where('role-duration-seconds'), message: `is 900 to 43200, not ${seconds}` };
  } else if (seconds !== undefined && seconds > 3600 && asked.roleChaining) {
    const message = `is ${seconds}, and a role that another one takes lasts an hour at most`;
    yield { where: where('role-duration-seconds'), message, hint: 'Set 3600, or take the role by an ID token.' };
  }
  const needRole = ['web-identity-token-file', 'role-chaining', 'role-external-id', 'role-duration-seconds'] as const;
  const given = [asked.webIdentityTokenFile, asked.roleChaining || undefined, asked.roleExternalId, seconds];
  for (const [index, name] of needRole.entries()) {
    if (!asked.role && given[index] !== undefined) {
      yield { where: where(name), message: 'is given without a role', hint: `Give ${where('role')}.` };
    }
  }
}

function requestOf(asked: AskedCredentials, context: Context, where: Where): SignInRequest {
  const {
    awsAccessKeyId: accessKeyId,
    awsSecretAccessKey: secretAccessKey,
    awsSessionToken: sessionToken,
    role,
  } = asked;
  const isGitHub = context.env.GITHUB_ACTIONS === 'true';
  return {
    role: role === undefined ? undefined : { role, where: where('role') },
    keys: accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey, sessionToken } : undefined,
    session: asked.roleSessionName ?? (isGitHub ? 'GitHubActions' : 'lading'),
    seconds: asked.roleDurationSeconds,
    externalId: asked.roleExternalId,
    policy: asked.inlineSessionPolicy,
    policyArns: asked.managedSessionPolicies,
    tags: asked.roleSkipSessionTagging ? undefined : sessionTags(context.env, asked.customTags ?? []),
    transitiveKeys: asked.transitiveTagKeys,
    tokenFile: asked.webIdentityTokenFile,
    audience: asked.audience,
    allowedAccounts: asked.allowedAccountIds ?? [],
    isChained: asked.roleChaining ?? false,
    skipsIdToken: asked.forceSkipOidc ?? false,
    keepsExisting: asked.useExistingCredentials ?? false,
    forgetsExisting: asked.unsetCurrentCredentials ?? false,
    wantsPlainSecret: asked.specialCharactersWorkaround ?? false,
    call: callOf(asked),
  };
}

function callOf({ disableRetry, retryMaxAttempts }: AskedCredentials): CallOptions | undefined {
  if (disableRetry) return { tries: 1 };
  return retryMaxAttempts === undefined ? undefined : { tries: Math.max(1, retryMaxAttempts) };
}

async function writeAsked(
  { awsProfile, overwriteAwsProfile = false }: AskedCredentials,
  {
    credentials,
    region,
  }: {
    readonly credentials: AwsCredentials;
    readonly region: string;
  },
  context: Context,
) {
  if (awsProfile === undefined) return [];
  const { writeProfile } = await import('../credentials/write-profile.js');
  return writeProfile({ name: awsProfile, region, credentials, overwrite: overwriteAwsProfile }, context);
}

/** Neither a role nor keys: what was to hold them was most likely empty. */
function nothingGiven(
  error: unknown,
  { role, awsAccessKeyId }: AskedCredentials,
  where: Where,
): LadingError | undefined {
  if (!(error instanceof LadingError) || error.code !== 'NO_CREDENTIALS' || role || awsAccessKeyId) return undefined;
  return new LadingError('credentials', `${error.message}, and neither a role nor keys are given`, {
    code: error.code,
    hint: `Give ${where('role')}; when it is given, see whether the variable or the secret behind it is empty.`,
    cause: error,
  });
}

function isWithin(file: string, folder: string): boolean {
  const path = relative(folder, file);
  return path !== '..' && !path.startsWith(`..${sep}`) && !path.startsWith(sep);
}
