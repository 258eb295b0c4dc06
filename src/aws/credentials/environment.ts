import type { AwsCredentials } from '../api.js';
import type { CredentialContext } from './provider.js';
import { masked } from './provider.js';

/** Keys of the environment; undefined when it has none. */
export function environmentCredentials(context: CredentialContext): AwsCredentials | undefined {
  const { env } = context;
  if (!env.AWS_ACCESS_KEY_ID || !env.AWS_SECRET_ACCESS_KEY) return undefined;
  return masked(context, {
    accessKeyId: env.AWS_ACCESS_KEY_ID,
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
    sessionToken: env.AWS_SESSION_TOKEN || undefined,
    source: 'the environment',
    renewal:
      env.GITHUB_ACTIONS === 'true'
        ? 'Take the role again just before this step, or for longer (role-duration-seconds): these have expired.'
        : 'Set new AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN: these have expired.',
  });
}
