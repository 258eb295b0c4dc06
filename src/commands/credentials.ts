import type { CredentialsResult } from '../aws/identity/hand-over.js';
import { printCredentials } from '../aws/identity/hand-over.js';
import { defineCommand } from '../base/declare/command.js';
import { configureAwsCredentials } from './compat/configure-aws-credentials.js';
import { credentialInputs } from './inputs/credentials.js';

const variable = (name: string, summary: string) => ({
  summary,
  of: ({ variables }: CredentialsResult) => variables[name],
});

const output = (name: string, summary: string, value: (result: CredentialsResult) => string | undefined) => ({
  name,
  summary,
  of(result: CredentialsResult): Record<string, string> {
    const text = value(result);
    return text === undefined ? {} : { [name]: text };
  },
});

const secretOutput = (name: string, key: keyof CredentialsResult['credentials'], summary: string) =>
  output(name, `${summary}, with output-credentials`, (result) =>
    result.outputs ? result.credentials[key] : undefined,
  );

export const credentials = defineCommand({
  name: 'credentials',
  summary: 'Gets AWS credentials, proves them, and only then hands them on',
  description:
    'A role is taken by the ID token of the CI job (GitHub; GitLab and CircleCI on the command line), by keys, by a file with a token, or with the credentials that are there. The account is checked first, everything is masked before it is used, and nothing is handed on before AWS has taken it.\n\n' +
    'What will never work is told at once, with the line to add: a job without `id-token: write`, a pull request from a fork, a trust policy that does not fit (beside what the token says), a wrong region or account. What may pass is tried again for a minute.\n\n' +
    'Every other verb can do this by itself: `role:` in `lading.yml`, `--role` or `LADING_ROLE`. At the end of the job the variables are put back and the profile is taken out again.',
  inputs: credentialInputs,
  needs: {
    github: [{ action: 'write', resource: 'id-token', why: 'to take the role by OIDC' }],
  },
  effects: {
    variables: {
      AWS_REGION: variable('AWS_REGION', 'The region'),
      AWS_DEFAULT_REGION: variable('AWS_DEFAULT_REGION', 'The same, for older programs'),
      AWS_ACCESS_KEY_ID: variable('AWS_ACCESS_KEY_ID', 'Key of the credentials'),
      AWS_SECRET_ACCESS_KEY: variable('AWS_SECRET_ACCESS_KEY', 'Secret of the credentials'),
      AWS_SESSION_TOKEN: variable('AWS_SESSION_TOKEN', 'Token of the session'),
      AWS_PROFILE: variable('AWS_PROFILE', 'The profile, with --aws-profile and --output-env-credentials'),
    },
    files: [
      { summary: 'Shared credentials of AWS, with --aws-profile', of: ({ written }) => written[0]?.file },
      { summary: 'Shared configuration of AWS, with --aws-profile', of: ({ written }) => written[1]?.file },
    ],
    secrets: ({ credentials: { accessKeyId, secretAccessKey, sessionToken } }) =>
      [accessKeyId, secretAccessKey, sessionToken].filter((value) => value !== undefined),
    outputs: [
      output('aws-account-id', 'The account', ({ account }) => account),
      output('authenticated-arn', 'Who one is', ({ arn }) => arn),
      secretOutput('aws-access-key-id', 'accessKeyId', 'The key'),
      secretOutput('aws-secret-access-key', 'secretAccessKey', 'The secret'),
      secretOutput('aws-session-token', 'sessionToken', 'The token of the session'),
      output('aws-expiration', 'When they expire, with output-credentials', ({ outputs, expiration }) =>
        outputs ? expiration : undefined,
      ),
    ],
    print: printCredentials,
    post: {
      summary: 'Takes the profile out of the shared files, and puts back what was in its place',
      keep: ({ written }) => (written.length > 0 ? written : undefined),
      async undo(kept, context) {
        const { removeProfile } = await import('../aws/credentials/write-profile.js');
        await removeProfile(kept as CredentialsResult['written'], context);
      },
      unless: 'AWS_SKIP_CLEANUP_STEP',
    },
  },
  compat: [configureAwsCredentials],
  examples: [
    {
      command: 'eval "$(lading credentials --role arn:aws:iam::123456789012:role/deploy --region eu-central-1)"',
      about: 'In a shell of a CI job, or of somebody who may take the role',
    },
    {
      command: 'lading credentials --allowed-account-ids 123456789012 --json',
      about: 'Who am I, and is it the account that I mean; secrets are hidden',
    },
    {
      command: 'lading credentials --role arn:aws:iam::123456789012:role/deploy --format process',
      about: 'As the credential_process of a profile',
    },
  ],
  action: true,
  async run(values, context, origins): Promise<CredentialsResult> {
    const { obtainCredentials } = await import('../aws/identity/obtain.js');
    return obtainCredentials(values, context, { where: (name) => origins.where(name) });
  },
});
