import type { Context } from '../base/context.js';
import { LadingError } from '../base/errors.js';
import type { AwsCredentials, AwsSession } from './api.js';
import { findCredentials } from './credentials/chain.js';
import { openRest, openRpc } from './open-api.js';

type SessionContext = Pick<Context, 'env' | 'http' | 'exec' | 'clock' | 'report' | 'signal'>;

/** Credentials are renewed when they have less left than this. */
const SHORT_MS = 60_000;

/** Credentials, region and endpoints, all of them from the environment of the context and the files that it names. */
export async function openAws(
  context: SessionContext,
  options: { readonly region?: string | undefined } = {},
): Promise<AwsSession> {
  const region = checkRegion(options.region ?? (await findRegion(context)));
  let found: Promise<AwsCredentials> | undefined;

  async function credentials({ insteadOf }: { readonly insteadOf?: AwsCredentials | undefined } = {}) {
    const current = await (found ??= find());
    const left = current.expiration ? current.expiration.getTime() - context.clock.now() : Number.POSITIVE_INFINITY;
    if (left > SHORT_MS && current !== insteadOf) return current;
    return (found = find());
  }

  async function find(): Promise<AwsCredentials> {
    try {
      return await findCredentials({ ...context, region });
    } catch (error) {
      // Who asks again may have better luck.
      found = undefined;
      throw error;
    }
  }

  return {
    region,
    credentials,
    api: (service, { region: asked = region, ...rest } = {}) =>
      openRpc(service, { region: asked, credentials, options: rest }, context),
    rest: (service, { region: asked = region, ...rest } = {}) =>
      openRest(service, { region: asked, credentials, options: rest }, context),
  };
}

async function findRegion(context: SessionContext): Promise<string> {
  const { env } = context;
  const named = env.AWS_REGION || env.AWS_DEFAULT_REGION || (await profileRegion(env));
  if (named) return named;
  throw new LadingError('input', 'no AWS region is given', {
    code: 'NO_REGION',
    hint: 'Set `region:` in lading.yml, `--region`, or AWS_REGION.',
  });
}

/** A region becomes part of the names of hosts. */
function checkRegion(region: string): string {
  if (/^[a-z]{2}[a-z0-9-]{1,40}$/.test(region)) return region;
  throw new LadingError('input', `${JSON.stringify(region)} is not the name of an AWS region`, {
    code: 'NO_SUCH_REGION',
    hint: 'Write it as eu-central-1.',
  });
}

async function profileRegion(env: Context['env']): Promise<string | undefined> {
  const { readProfileFiles } = await import('./credentials/profile-files.js');
  const files = await readProfileFiles(env);
  return files.profile(files.chosen)?.region;
}
