import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { LadingError, messageOf } from '../../base/errors.js';
import { parseShape } from '../../base/json.js';
import type { AwsCredentials, CallOptions } from '../api.js';
import { isTransient } from '../failure.js';
import { openRpc } from '../open-api.js';
import type { CredentialContext } from './provider.js';
import { masked, noCredentials } from './provider.js';

const answerShape = v.looseObject({
  Credentials: v.looseObject({
    AccessKeyId: v.string(),
    SecretAccessKey: v.string(),
    SessionToken: v.string(),
    Expiration: v.string(),
  }),
});

/** What AssumeRole and its sisters take. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export interface RoleRequest {
  readonly RoleArn: string;
  readonly RoleSessionName?: string | undefined;
  readonly ExternalId?: string | undefined;
  readonly DurationSeconds?: number | undefined;
  readonly Policy?: string | undefined;
  readonly PolicyArns?: readonly { readonly arn: string }[] | undefined;
  readonly Tags?: readonly SessionTag[] | undefined;
  readonly TransitiveTagKeys?: readonly string[] | undefined;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html */
export interface SessionTag {
  readonly Key: string;
  readonly Value: string;
}

export interface RoleOptions {
  /** Who is asked, as `profile ci`. */
  readonly source: string;
  readonly region: string;
  readonly renewal: string;
  /** How long STS is asked again when it fails for a moment. */
  readonly call?: CallOptions | undefined;
}

/** Credentials of a role, for those of somebody who may take it. */
export async function assumeRole(
  request: RoleRequest,
  by: AwsCredentials,
  context: CredentialContext,
  options: RoleOptions,
): Promise<AwsCredentials> {
  return ask('AssumeRole', request, async () => by, context, options);
}

/** Credentials of a role, for the token in a file: an ID token of a cluster or a CI system. */
export async function assumeRoleWithToken(
  request: RoleRequest,
  file: string,
  context: CredentialContext,
  options: RoleOptions,
): Promise<AwsCredentials> {
  const token = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw noCredentials(
      `the token in ${file} cannot be read: ${messageOf(cause)}`,
      'Check AWS_WEB_IDENTITY_TOKEN_FILE.',
      {
        cause,
      },
    );
  });
  return assumeRoleByToken(request, token.trim(), context, options);
}

/** Credentials of a role, for an ID token. It takes no tags: those of such a session stand in its token. */
export async function assumeRoleByToken(
  request: RoleRequest,
  token: string,
  context: CredentialContext,
  options: RoleOptions,
): Promise<AwsCredentials> {
  context.report({ type: 'mask', value: token });
  const input = { ...request, WebIdentityToken: token };
  return ask('AssumeRoleWithWebIdentity', input, undefined, context, options);
}

async function ask(
  operation: 'AssumeRole' | 'AssumeRoleWithWebIdentity',
  { RoleSessionName = 'lading', ...request }: RoleRequest,
  credentials: (() => Promise<AwsCredentials>) | undefined,
  context: CredentialContext,
  options: RoleOptions,
): Promise<AwsCredentials> {
  const sts = openRpc('sts', { region: options.region, credentials }, context);
  try {
    const answer = await sts.call(operation, { RoleSessionName, ...request }, options.call);
    const { Credentials: given } = parseShape(answerShape, answer, `answer of sts ${operation}`);
    return masked(context, {
      accessKeyId: given.AccessKeyId,
      secretAccessKey: given.SecretAccessKey,
      sessionToken: given.SessionToken,
      expiration: new Date(given.Expiration),
      source: options.source,
      renewal: options.renewal,
    });
  } catch (error) {
    if (!(error instanceof LadingError) || error.kind === 'cancelled') throw error;
    // Who was not reached has not refused.
    const kind = isTransient(error) ? 'remote' : 'credentials';
    throw new LadingError(kind, `no AWS credentials: ${request.RoleArn} was not given: ${error.message}`, {
      code: error.code,
      hint: error.hint ?? (kind === 'remote' ? 'Run it again in a while.' : 'Check the trust policy of the role.'),
      details: error.details,
      cause: error,
    });
  }
}
