import type { Context } from '../../base/context.js';
import { LadingError } from '../../base/errors.js';
import type { AwsCredentials } from '../api.js';

/** What providers of credentials see of the world. */
export type CredentialContext = Pick<Context, 'env' | 'http' | 'exec' | 'clock' | 'report' | 'signal'> & {
  /** Region of the run, for STS when a profile names none. */
  readonly region: string;
};

/** No credentials, and why; the chain ends here. */
export function noCredentials(
  why: string,
  hint: string,
  options: { code?: string; cause?: unknown } = {},
): LadingError {
  return new LadingError('credentials', `no AWS credentials: ${why}`, {
    code: options.code ?? 'NO_CREDENTIALS',
    hint,
    cause: options.cause,
  });
}

/** Masks what is secret before anyone else sees it. */
export function masked(context: Pick<Context, 'report'>, credentials: AwsCredentials): AwsCredentials {
  context.report({ type: 'mask', value: credentials.secretAccessKey });
  if (credentials.sessionToken) context.report({ type: 'mask', value: credentials.sessionToken });
  return credentials;
}

/**
 * Credentials in the shape that containers, instances and programs give them. `what` names the giver; what is not of
 * the shape is an error without a word of the answer in it.
 */
export function readCredentials(
  text: string,
  what: string,
  context: Pick<Context, 'report' | 'clock'>,
): Pick<AwsCredentials, 'accessKeyId' | 'secretAccessKey' | 'sessionToken' | 'expiration'> {
  const value = parseObject(text);
  if (!value) throw noCredentials(`${what} gave no JSON`, `Look at what ${what} answers.`);
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey } = value;
  const sessionToken = value.Token ?? value.SessionToken;
  if (typeof secretAccessKey === 'string') context.report({ type: 'mask', value: secretAccessKey });
  if (typeof sessionToken === 'string') context.report({ type: 'mask', value: sessionToken });
  if (typeof accessKeyId !== 'string' || typeof secretAccessKey !== 'string') {
    throw noCredentials(`${what} gave no AccessKeyId and SecretAccessKey`, `Look at what ${what} answers.`);
  }
  const expiration = typeof value.Expiration === 'string' ? new Date(value.Expiration) : undefined;
  if (expiration && Number.isNaN(expiration.getTime())) {
    throw noCredentials(`${what} gave an Expiration that is no time`, `Look at what ${what} answers.`);
  }
  if (expiration && expiration.getTime() <= context.clock.now()) {
    throw noCredentials(`${what} gave credentials that have expired`, `Log in anew where ${what} takes them from.`, {
      code: 'EXPIRED_TOKEN',
    });
  }
  return {
    accessKeyId,
    secretAccessKey,
    sessionToken: typeof sessionToken === 'string' && sessionToken !== '' ? sessionToken : undefined,
    expiration,
  };
}

export function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
