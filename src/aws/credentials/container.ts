import { readFile } from 'node:fs/promises';
import { HttpError, LadingError, messageOf } from '../../base/errors.js';
import { isLoopback } from '../../base/http/http.js';
import { isTransientStatus, isConnectionFailure, retry } from '../../base/retry.js';
import type { AwsCredentials } from '../api.js';
import type { CredentialContext } from './provider.js';
import { masked, noCredentials, readCredentials } from './provider.js';

const CHECK = 'Check the role of the task or pod.';

/** Hosts of ECS and of EKS that give credentials in plain HTTP, beside loopback. */
const agents = new Set(['169.254.170.2', '169.254.170.23', '[fd00:ec2::23]']);

/**
 * Credentials of the task or pod that we run in; undefined outside of one.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 */
export async function containerCredentials(context: CredentialContext): Promise<AwsCredentials | undefined> {
  const { env } = context;
  const relative = env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI;
  const address = relative ? `http://169.254.170.2${relative}` : env.AWS_CONTAINER_CREDENTIALS_FULL_URI;
  if (!address) return undefined;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const isKnown = url && (url.protocol === 'https:' || isLoopback(url.hostname) || agents.has(url.hostname));
  if (!isKnown) {
    throw noCredentials(
      `${address} is not where a container gets them`,
      'Use https://, loopback, or the address of ECS or EKS in AWS_CONTAINER_CREDENTIALS_FULL_URI.',
    );
  }
  const what = `the container's agent at ${url.host}`;
  const token = await authorizationOf(context);
  const text = await retry(() => ask(url, token, what, context), {
    clock: context.clock,
    signal: context.signal,
    tries: 3,
    isTransient: (error) =>
      isConnectionFailure(error) ||
      (error instanceof LadingError && isTransientStatus(Number(error.details?.status ?? 0))),
  }).catch((cause: unknown) => {
    if (!(cause instanceof HttpError)) throw cause;
    throw noCredentials(`${what} cannot be reached: ${cause.message}`, CHECK, { cause });
  });
  return masked(context, {
    ...readCredentials(text, what, context),
    source: what,
    renewal: 'Check the role of the task or pod: its agent gave credentials that are no longer taken.',
  });
}

async function authorizationOf({ env, report }: CredentialContext): Promise<string | undefined> {
  const file = env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE;
  const token = file ? await readToken(file) : env.AWS_CONTAINER_AUTHORIZATION_TOKEN;
  if (!token) return undefined;
  report({ type: 'mask', value: token });
  if (/[\r\n]/.test(token)) {
    throw noCredentials('the authorization token of the container has line breaks', 'Give the token alone.');
  }
  return token;
}

async function readToken(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (cause) {
    throw noCredentials(`the token in ${file} cannot be read: ${messageOf(cause)}`, 'Mount the token into the pod.', {
      cause,
    });
  }
}

async function ask(url: URL, token: string | undefined, what: string, context: CredentialContext): Promise<string> {
  const answer = await context.http(url, {
    headers: { accept: 'application/json', ...(token !== undefined && { authorization: token }) },
    idleTimeoutMs: 2000,
    signal: context.signal,
  });
  const text = await answer.text();
  if (answer.status === 200) return text;
  throw new LadingError('credentials', `no AWS credentials: ${what} answers ${answer.status}`, {
    code: 'NO_CREDENTIALS',
    hint: CHECK,
    details: { status: answer.status },
  });
}
