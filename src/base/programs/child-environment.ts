import type { Environment } from '../context.js';

/** What our own inputs, the runner's tokens and cloud keys are called. Patterns, since names have relatives. */
const WITHHELD = [
  /^(LADING|INPUT|ACTIONS)_/i,
  /^(GITHUB|GH)_(\w+_)?(TOKEN|PAT)$/i,
  /^AWS_(\w+_)?(ACCESS_KEY(_ID)?|SECRET\w*|TOKEN|SESSION_TOKEN|BEARER_TOKEN\w*)$/i,
  /^AWS_(CONTAINER_\w+|WEB_IDENTITY_TOKEN_FILE)$/i,
  /^DOCKER_AUTH_CONFIG$/i,
  // ID tokens of CI systems: whoever has one is the job.
  /_OIDC_TOKEN(_V2)?$/i,
];

export interface ChildEnvironment {
  readonly env: Environment;
  /** Names of what is set here and was kept back, in order. */
  readonly withheld: readonly string[];
}

/**
 * The environment of a program that is the user's and not ours, as a build script: all but the secrets that lading was
 * given for itself. `pass` names those that it needs all the same.
 */
export function childEnvironment(env: Environment, pass: readonly string[] = []): ChildEnvironment {
  const passed = new Set(pass);
  const isWithheld = (name: string) => !passed.has(name) && WITHHELD.some((pattern) => pattern.test(name));
  const names = Object.keys(env).filter((name) => env[name] !== undefined);
  return {
    env: Object.fromEntries(names.filter((name) => !isWithheld(name)).map((name) => [name, env[name]])),
    withheld: names.filter(isWithheld).sort(),
  };
}
