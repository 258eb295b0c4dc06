import type { Environment } from '../../base/context.js';
import type { AwsCredentials } from '../api.js';
import type { WrittenSection } from '../credentials/write-profile.js';

/** Credentials that AWS takes, whose they are, and who gets to see them. */
export interface CredentialsResult {
  /** 12 digits. */
  readonly account: string;
  readonly arn: string;
  readonly region: string;
  /** As `2026-11-24T20:30:00.000Z`; undefined when they do not expire, or do not say when. */
  readonly expiration: string | undefined;
  /** Where they come from, as `the ID token of GitHub, role arn:…`. */
  readonly source: string;
  readonly credentials: Pick<AwsCredentials, 'accessKeyId' | 'secretAccessKey' | 'sessionToken'>;
  /** Name of the profile that was written. */
  readonly profile: string | undefined;
  /** Sections of the shared files that were written for it. */
  readonly written: readonly WrittenSection[];
  /** Variables that later steps or a shell are to have, secrets among them. */
  readonly variables: Readonly<Record<string, string>>;
  /** They are outputs of the step, too. */
  readonly outputs: boolean;
  readonly format: 'env' | 'json' | 'process' | undefined;
}

/** Variables that hand credentials on to every program that knows AWS. */
export function credentialVariables(
  { accessKeyId, secretAccessKey, sessionToken }: CredentialsResult['credentials'],
  env: Environment,
): Readonly<Record<string, string>> {
  return {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    // A token of others beside these keys would spoil them.
    ...(sessionToken !== undefined
      ? { AWS_SESSION_TOKEN: sessionToken }
      : env.AWS_SESSION_TOKEN
        ? { AWS_SESSION_TOKEN: '' }
        : {}),
  };
}

/** Undefined for lines of a shell, which are made of the variables. */
export function printCredentials(result: CredentialsResult): string | undefined {
  const { format, credentials, expiration: Expiration, account: Account, arn: Arn, region: Region } = result;
  const { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken } = credentials;
  const keys = { AccessKeyId, SecretAccessKey, SessionToken, Expiration };
  if (format === 'json') return JSON.stringify({ ...keys, Account, Arn, Region }, undefined, 2);
  // https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
  return format === 'process' ? JSON.stringify({ Version: 1, ...keys }) : undefined;
}
