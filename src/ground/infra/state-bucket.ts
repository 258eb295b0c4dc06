import * as v from 'valibot';
import type { AwsSession } from '../../aws/api.js';
import { isAwsFailure } from '../../aws/failure.js';
import { LadingError } from '../../base/errors.js';
import { parseShape } from '../../base/json.js';

/** Account of the credentials in use. */
export async function readAccount(session: AwsSession): Promise<string> {
  const answer = await session.api('sts').call('GetCallerIdentity');
  return parseShape(v.looseObject({ Account: v.string() }), answer, 'answer of sts GetCallerIdentity').Account;
}

/** The bucket that `lading bootstrap` makes when nobody names one. */
export function stateBucketName(account: string, region: string): string {
  return `lading-state-${account}-${region}`;
}

/**
 * Refuses what would keep the state where it must not be: with somebody else, or nowhere. It is asked before Terraform
 * is, which tells neither.
 */
export async function checkStateBucket(
  session: AwsSession,
  { bucket, stateRegion }: { readonly bucket: string; readonly stateRegion: string | undefined },
  account: string,
): Promise<void> {
  try {
    await session.rest('s3', { region: stateRegion }).request('HeadBucket', {
      method: 'HEAD',
      bucket,
      headers: { 'x-amz-expected-bucket-owner': account },
    });
  } catch (error) {
    if (isAwsFailure(error, 'not-found')) {
      throw new LadingError('remote', `the state bucket ${bucket} does not exist`, {
        code: 'NO_STATE_BUCKET',
        hint: 'Make it with lading bootstrap, or correct infra.state-bucket.',
        cause: error,
      });
    }
    if (isAwsFailure(error, 'denied')) {
      throw new LadingError(
        'credentials',
        `the state bucket ${bucket} is not of account ${account}, or these credentials may not list it`,
        {
          code: 'STATE_BUCKET_DENIED',
          hint: `Take the bucket that lading bootstrap made in account ${account}, or allow s3:ListBucket on it to the role in use.`,
          cause: error,
        },
      );
    }
    throw error;
  }
}

export function checkAccount(found: string, asked: string | undefined): void {
  if (asked === undefined || asked === found) return;
  throw new LadingError('credentials', `the credentials are of account ${found}, and infra.account is ${asked}`, {
    code: 'WRONG_ACCOUNT',
    hint: `Take credentials of account ${asked}.`,
  });
}
