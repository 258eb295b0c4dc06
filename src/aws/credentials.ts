import type { Context } from '../base/context.js';
import { LadingError, messageOf } from '../base/errors.js';
import type { AwsCredentials } from './api.js';

type CredentialContext = Pick<Context, 'env' | 'report'>;

/** Keys of the environment directly; profiles, SSO, web identity, containers and instances through AWS's own chain. */
export async function findCredentials(context: CredentialContext): Promise<AwsCredentials> {
  const { env } = context;
  if (env.AWS_ACCESS_KEY_ID && env.AWS_SECRET_ACCESS_KEY) {
    return masked(context, {
      accessKeyId: env.AWS_ACCESS_KEY_ID,
      secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
      sessionToken: env.AWS_SESSION_TOKEN || undefined,
    });
  }
  try {
    const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
    return masked(context, await defaultProvider({ profile: env.AWS_PROFILE })());
  } catch (cause) {
    throw new LadingError('credentials', `no AWS credentials: ${messageOf(cause)}`, {
      code: 'NO_CREDENTIALS',
      hint: missingHint(env),
      cause,
    });
  }
}

function masked(context: CredentialContext, credentials: AwsCredentials): AwsCredentials {
  context.report({ type: 'mask', value: credentials.secretAccessKey });
  if (credentials.sessionToken) context.report({ type: 'mask', value: credentials.sessionToken });
  return credentials;
}

function missingHint(env: Context['env']): string {
  if (env.GITHUB_ACTIONS === 'true' && !env.ACTIONS_ID_TOKEN_REQUEST_URL) {
    return 'Add `permissions: id-token: write` to the job and a step that assumes a role; forks and Dependabot get no token.';
  }
  return 'Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or log in with `aws sso login`.';
}
