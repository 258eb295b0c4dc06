import type { AwsCredentials } from '../api.js';
import type { CredentialContext } from './provider.js';
import { noCredentials } from './provider.js';
import { environmentCredentials } from './environment.js';

/**
 * The first that gives credentials: keys of the environment, the profile that it names, the token of a web identity,
 * the default profile, the container, the instance. One that is set up and fails ends the search: the next one's would
 * be somebody else's.
 * Everything comes from the environment of the context, and from the files that it names.
 */
export async function findCredentials(context: CredentialContext): Promise<AwsCredentials> {
  const found =
    environmentCredentials(context) ??
    (context.env.AWS_PROFILE ? await ofProfile(context) : undefined) ??
    (await tokenOfEnvironment(context)) ??
    (context.env.AWS_PROFILE ? undefined : await ofProfile(context)) ??
    (await ofMachine(context));
  if (found) return found;
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_PROFILE: profile } = context.env;
  const missing = id ? 'AWS_SECRET_ACCESS_KEY' : secret ? 'AWS_ACCESS_KEY_ID' : undefined;
  const why = missing
    ? `${missing} is missing beside ${id ? 'AWS_ACCESS_KEY_ID' : 'AWS_SECRET_ACCESS_KEY'}`
    : `neither the environment nor ${profile ? `profile ${profile}` : 'a profile'} nor the machine has any`;
  throw noCredentials(why, missingHint(context.env));
}

async function tokenOfEnvironment(context: CredentialContext): Promise<AwsCredentials | undefined> {
  const { AWS_WEB_IDENTITY_TOKEN_FILE: file, AWS_ROLE_ARN: role, AWS_ROLE_SESSION_NAME: session } = context.env;
  if (!file || !role) return undefined;
  const { assumeRoleWithToken } = await import('./assume-role.js');
  return assumeRoleWithToken({ RoleArn: role, RoleSessionName: session || undefined }, file, context, {
    source: `the token in ${file}, role ${role}`,
    region: context.region,
    renewal: `Put a new token into ${file}: it has expired.`,
  });
}

async function ofProfile(context: CredentialContext): Promise<AwsCredentials | undefined> {
  const { readProfileFiles } = await import('./profile-files.js');
  const files = await readProfileFiles(context.env);
  if (!files.isAsked && !files.profile(files.chosen)) return undefined;
  const { profileCredentials } = await import('./profile.js');
  return profileCredentials(files.chosen, files, context);
}

async function ofMachine(context: CredentialContext): Promise<AwsCredentials | undefined> {
  const { containerCredentials } = await import('./container.js');
  const contained = await containerCredentials(context);
  if (contained) return contained;
  return (await import('./instance.js')).instanceCredentials(context);
}

function missingHint(env: CredentialContext['env']): string {
  if (env.GITHUB_ACTIONS === 'true' && !env.ACTIONS_ID_TOKEN_REQUEST_URL) {
    return 'Add `permissions: id-token: write` to the job and a step that assumes a role; forks and Dependabot get no token.';
  }
  return 'Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or log in with `aws sso login`.';
}
