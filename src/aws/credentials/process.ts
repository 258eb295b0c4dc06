import { messageOf } from '../../base/errors.js';
import type { AwsCredentials } from '../api.js';
import type { CredentialContext } from './provider.js';
import { masked, noCredentials, parseObject, readCredentials } from './provider.js';

/**
 * Credentials that a program prints.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
 */
export async function processCredentials(
  command: string,
  profile: string,
  context: CredentialContext,
): Promise<AwsCredentials> {
  const what = `the credential_process of profile ${profile}`;
  const hint = `Run it by hand and see: ${command}`;
  const [shell, flag] = context.env.OS === 'Windows_NT' ? ['cmd.exe', '/c'] : ['sh', '-c'];
  // Its standard output is secret, whatever it says: it stands in no message.
  const { code, stdout, stderr } = await context
    .exec(shell, [flag, command], { env: context.env, signal: context.signal })
    .catch((cause: unknown) => {
      if (context.signal.aborted) throw cause;
      throw noCredentials(`${what}: ${messageOf(cause)}`, hint, { cause });
    });
  if (code !== 0) {
    const words = stderr.trim().split('\n').at(-1) ?? '';
    throw noCredentials(`${what} ended with ${code}${words ? `: ${words}` : ''}`, hint);
  }
  if (parseObject(stdout)?.Version !== 1) throw noCredentials(`${what} gave no JSON with Version 1`, hint);
  return masked(context, {
    ...readCredentials(stdout, what, context),
    source: what,
    renewal: `Log in anew for profile ${profile}: its credentials have expired.`,
  });
}
