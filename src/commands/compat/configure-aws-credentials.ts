import type { Compat, CompatInput } from '../../base/declare/compat.js';
import { compatBoolean } from '../../base/declare/compat.js';
import type { CredentialsResult } from '../../aws/identity/hand-over.js';

/** Texts with their variables; those without one are taken under the verb's own names. */
const texts: Readonly<Record<string, string>> = {
  'role-session-name': 'ROLE_SESSION_NAME',
  'role-external-id': 'ROLE_EXTERNAL_ID',
  'transitive-tag-keys': 'TRANSITIVE_TAG_KEYS',
  'inline-session-policy': 'INLINE_SESSION_POLICY',
  'managed-session-policies': 'MANAGED_SESSION_POLICIES',
  'web-identity-token-file': 'WEB_IDENTITY_TOKEN_FILE',
  'retry-max-attempts': 'RETRY_MAX_ATTEMPTS',
};

const booleans: Readonly<Record<string, string | undefined>> = {
  'role-skip-session-tagging': 'ROLE_SKIP_SESSION_TAGGING',
  'role-chaining': 'ROLE_CHAINING',
  'force-skip-oidc': undefined,
  'use-existing-credentials': 'USE_EXISTING_CREDENTIALS',
  'unset-current-credentials': 'UNSET_CURRENT_CREDENTIALS',
  'output-credentials': 'OUTPUT_CREDENTIALS',
  'output-env-credentials': undefined,
  'overwrite-aws-profile': 'OVERWRITE_AWS_PROFILE',
  'mask-aws-account-id': 'MASK_AWS_ACCOUNT_ID',
  'disable-retry': 'DISABLE_RETRY',
  'special-characters-workaround': 'SPECIAL_CHARACTERS_WORKAROUND',
};

/** A number of which 0 means that nothing is said. */
const numberOrNone = (unit: string) => (text: string) =>
  /^0*$/.test(text.trim()) ? undefined : `${text.trim()}${unit}`;

const inputs: Record<string, CompatInput> = {
  'aws-region': { to: 'region' },
  'role-to-assume': { to: 'role', variable: 'ROLE_TO_ASSUME' },
  'role-duration-seconds': { to: 'role-duration-seconds', variable: 'ROLE_DURATION_SECONDS', text: numberOrNone('') },
  'action-timeout-s': { to: 'timeout', summary: 'Longest time for the step, in seconds', text: numberOrNone('s') },
};
for (const [name, variable] of Object.entries(texts)) inputs[name] = { to: name, variable };
for (const [name, variable] of Object.entries(booleans)) {
  inputs[name] = { to: name, values: compatBoolean, ...(variable !== undefined && { variable }) };
}

/** https://github.com/aws-actions/configure-aws-credentials, as of v6. */
export const configureAwsCredentials: Compat<CredentialsResult> = {
  action: 'aws-actions/configure-aws-credentials',
  inputs,
  outputs: {
    'aws-expiration': {
      summary: 'When they expire, in double quotes, as that action writes it',
      of: ({ outputs, expiration }) => (outputs && expiration !== undefined ? JSON.stringify(expiration) : undefined),
    },
  },
};
