import type { AwsCredentials } from '../api.js';
import type { CredentialContext } from './provider.js';
import { environmentCredentials } from './environment.js';
import { masked, noCredentials } from './provider.js';
import type { Profile, ProfileFiles } from './profile-files.js';

/**
 * Credentials by the settings of a profile; undefined when it has none of the settings that give any.
 * https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
 */
export async function profileCredentials(
  name: string,
  files: ProfileFiles,
  context: CredentialContext,
  visited: readonly string[] = [],
): Promise<AwsCredentials | undefined> {
  const profile = files.profile(name);
  if (!profile) {
    const hint = 'Set AWS_PROFILE to one of ~/.aws/config, or see them with: aws configure list-profiles';
    throw noCredentials(`there is no profile ${name}`, hint);
  }
  const source = `profile ${name}`;
  const renewal = `Get new keys for profile ${name}: these have expired.`;
  const region = profile.region ?? context.region;
  // A profile that names itself as its source means its own keys.
  const isSource = visited.length > 0;
  if (profile.role_arn && !(isSource && hasKeys(profile))) {
    return takeRole({ name, profile, files, context, visited, region });
  }
  if (profile.aws_access_key_id && profile.aws_secret_access_key) {
    return masked(context, {
      accessKeyId: profile.aws_access_key_id,
      secretAccessKey: profile.aws_secret_access_key,
      sessionToken: profile.aws_session_token || undefined,
      source,
      renewal,
    });
  }
  if (profile.sso_session ?? profile.sso_start_url ?? profile.sso_account_id) {
    return (await import('./sso.js')).ssoCredentials(name, profile, files, context);
  }
  if (profile.login_session) {
    return (await import('./login.js')).loginCredentials(name, profile.login_session, region, context);
  }
  if (profile.credential_process) {
    return (await import('./process.js')).processCredentials(profile.credential_process, name, context);
  }
  return undefined;
}

function hasKeys(profile: Profile): boolean {
  return Boolean(profile.aws_access_key_id && profile.aws_secret_access_key);
}

interface Taking {
  readonly name: string;
  readonly profile: Profile;
  readonly files: ProfileFiles;
  readonly context: CredentialContext;
  readonly visited: readonly string[];
  readonly region: string;
}

/** `role_arn` with the source that the profile names. */
async function takeRole(taking: Taking): Promise<AwsCredentials> {
  const { name, profile, context, region } = taking;
  const { assumeRole, assumeRoleWithToken } = await import('./assume-role.js');
  const request = {
    RoleArn: profile.role_arn ?? '',
    RoleSessionName: profile.role_session_name,
    ExternalId: profile.external_id,
    DurationSeconds: profile.duration_seconds === undefined ? undefined : Number(profile.duration_seconds),
  };
  const options = {
    source: `profile ${name}, role ${request.RoleArn}`,
    region,
    renewal: `Check who may take ${request.RoleArn}: its credentials are no longer taken.`,
  };
  if (profile.web_identity_token_file) {
    return assumeRoleWithToken(request, profile.web_identity_token_file, context, options);
  }
  if (profile.mfa_serial) {
    const hint = `Take them with: aws configure export-credentials --profile ${name} --format env`;
    throw noCredentials(`profile ${name} wants a code of ${profile.mfa_serial}, which nobody is asked for here`, hint);
  }
  return assumeRole(request, await sourceOf(taking), context, options);
}

async function sourceOf({ name, profile, files, context, visited }: Taking): Promise<AwsCredentials> {
  const source = profile.source_profile;
  if (source !== undefined) {
    const path = [...visited, name];
    if (path.includes(source) && !(source === name && hasKeys(profile))) {
      throw noCredentials(
        `profiles name each other as their source: ${[...path, source].join(' → ')}`,
        'Break the circle.',
      );
    }
    const found = await profileCredentials(source, files, context, path);
    if (found) return found;
    throw noCredentials(
      `profile ${source}, the source of ${name}, has no credentials`,
      `Give ${source} keys or a login.`,
    );
  }
  const found = await namedSource(profile.credential_source, context);
  if (found) return found;
  throw noCredentials(
    `profile ${name} takes a role with those of ${profile.credential_source ?? 'nobody'}, and there are none`,
    'Set source_profile, or credential_source to Environment, EcsContainer or Ec2InstanceMetadata.',
  );
}

async function namedSource(name: string | undefined, context: CredentialContext): Promise<AwsCredentials | undefined> {
  switch (name) {
    case 'Environment':
      return environmentCredentials(context);
    case 'EcsContainer':
      return (await import('./container.js')).containerCredentials(context);
    case 'Ec2InstanceMetadata':
      return (await import('./instance.js')).instanceCredentials(context);
    default:
      return undefined;
  }
}
