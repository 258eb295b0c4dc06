import type { Environment } from '../base/context.js';

/** The part of AWS credentials that programs take from variables. */
export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** What a program needs to run at all, to reach the network, and to fetch modules by git. */
const PASSED = [
  /^(PATH|HOME|USER|LOGNAME|SHELL|TMPDIR|TEMP|TMP|LANG|LC_\w+|TZ)$/,
  /^(SYSTEMROOT|USERPROFILE|APPDATA|LOCALAPPDATA|PROGRAMDATA|COMSPEC|PATHEXT|WINDIR)$/i,
  /^(HTTPS?|NO|ALL)_PROXY$/i,
  /^(SSL_CERT_FILE|SSL_CERT_DIR|AWS_CA_BUNDLE)$/,
  /^(SSH_AUTH_SOCK|GIT_SSH|GIT_SSH_COMMAND|GIT_CONFIG_\w+)$/,
  /^TF_\w+$/,
  /^AWS_(ENDPOINT_URL\w*|IGNORE_CONFIGURED_ENDPOINT_URLS|USE_FIPS_ENDPOINT|USE_DUALSTACK_ENDPOINT)$/,
];

/** Ours: how Terraform talks, and that it asks nobody. */
const OWN = { TF_IN_AUTOMATION: '1', TF_INPUT: '0', CHECKPOINT_DISABLE: '1', AWS_EC2_METADATA_DISABLED: 'true' };

/**
 * The whole environment of Terraform: what it needs and nothing else of ours. The credentials are those that lading
 * found: there is no second search with another end. `pass` names what the stack's other providers need.
 */
export function terraformEnvironment(
  env: Environment,
  options: {
    readonly keys?: Keys | undefined;
    readonly region?: string | undefined;
    readonly pass?: readonly string[] | undefined;
  } = {},
): Environment {
  const { keys, region, pass = [] } = options;
  const named = new Set(pass);
  const passed = Object.entries(env).filter(
    ([name, value]) => value !== undefined && (named.has(name) || PASSED.some((pattern) => pattern.test(name))),
  );
  return {
    ...Object.fromEntries(passed),
    ...OWN,
    ...(region !== undefined && { AWS_REGION: region }),
    ...(keys && {
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
      ...(keys.sessionToken !== undefined && { AWS_SESSION_TOKEN: keys.sessionToken }),
    }),
  };
}
