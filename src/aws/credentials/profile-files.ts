import type { Environment } from '../../base/context.js';

/** Settings of one profile, by their names in the file. */
export type Profile = Readonly<Record<string, string | undefined>>;

/** The shared files of AWS. https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html */
export interface ProfileFiles {
  profile(name: string): Profile | undefined;
  ssoSession(name: string): Profile | undefined;
  /** Name of the profile in use. */
  readonly chosen: string;
  /** It was asked for by name, so that it must exist. */
  readonly isAsked: boolean;
}

/** Files that are not there are as empty ones. They are read anew each time: logins change them. */
export async function readProfileFiles(env: Environment): Promise<ProfileFiles> {
  const { loadSharedConfigFiles } = await import('@smithy/core/config');
  const files = sharedFiles(env);
  const { configFile, credentialsFile } = await loadSharedConfigFiles({
    configFilepath: files.config,
    filepath: files.credentials,
    ignoreCache: true,
  });
  const find = (name: string): Profile | undefined => {
    const inConfig = Object.hasOwn(configFile, name) ? configFile[name] : undefined;
    const inCredentials = Object.hasOwn(credentialsFile, name) ? credentialsFile[name] : undefined;
    if (!inConfig && !inCredentials) return undefined;
    // Keys and their token are of one file: a token of the other belongs to other keys.
    const keys = inCredentials?.aws_access_key_id ? inCredentials : inConfig;
    return {
      ...inConfig,
      ...inCredentials,
      aws_access_key_id: keys?.aws_access_key_id,
      aws_secret_access_key: keys?.aws_secret_access_key,
      aws_session_token: keys?.aws_session_token,
    };
  };
  return {
    profile: find,
    ssoSession: (name) => find(`sso-session.${name}`),
    chosen: env.AWS_PROFILE || 'default',
    isAsked: Boolean(env.AWS_PROFILE),
  };
}

/** Where AWS's programs look for the shared files, for this environment. */
export function sharedFiles(env: Environment): { readonly credentials: string; readonly config: string } {
  return {
    credentials: fileOf(env.AWS_SHARED_CREDENTIALS_FILE, 'credentials', env),
    config: fileOf(env.AWS_CONFIG_FILE, 'config', env),
  };
}

function fileOf(named: string | undefined, name: string, env: Environment): string {
  const home = homeOf(env);
  if (!named) return home === undefined ? '/dev/null' : `${home}/.aws/${name}`;
  return home !== undefined && /^~[\\/]/.test(named) ? `${home}${named.slice(1)}` : named;
}

/** The home folder that the environment names; undefined without one. */
export function homeOf(env: Environment): string | undefined {
  if (env.HOME) return env.HOME;
  if (env.USERPROFILE) return env.USERPROFILE;
  return env.HOMEPATH ? `${env.HOMEDRIVE ?? 'C:'}${env.HOMEPATH}` : undefined;
}
