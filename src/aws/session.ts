import type { Context } from '../base/context.js';
import { LadingError } from '../base/errors.js';
import type { AwsCredentials, AwsSession } from './api.js';
import { findCredentials } from './credentials/chain.js';
import { openRest, openRpc } from './open-api.js';
import { checkRegion } from './regions.js';

type SessionContext = Pick<Context, 'env' | 'http' | 'exec' | 'clock' | 'report' | 'signal'>;

/** The role that the run takes before it calls anything: what `role` of the configuration came to. */
const ROLE = 'LADING_ROLE';

/** Credentials are renewed when they have less left than this. */
const SHORT_MS = 60_000;

/** Credentials, region and endpoints, all of them from the environment of the context and the files that it names. */
export async function openAws(
  context: SessionContext,
  options: { readonly region?: string | undefined } = {},
): Promise<AwsSession> {
  const region = await findRegion(context, options.region);
  let found: Promise<AwsCredentials> | undefined;

  async function credentials({ insteadOf }: { readonly insteadOf?: AwsCredentials | undefined } = {}) {
    const current = await (found ??= find());
    const left = current.expiration ? current.expiration.getTime() - context.clock.now() : Number.POSITIVE_INFINITY;
    if (left > SHORT_MS && current !== insteadOf) return current;
    return (found = find());
  }

  async function find(): Promise<AwsCredentials> {
    try {
      if (!context.env[ROLE]) return await findCredentials({ ...context, region });
      const { roleOfRun } = await import('./identity/role-of-run.js');
      return await roleOfRun(context.env[ROLE], { ...context, region });
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

/** The region that is given, else that of the environment or its profile. Throws for what is none. */
export async function findRegion({ env }: Pick<Context, 'env'>, given: string | undefined): Promise<string> {
  const named = given ?? (env.AWS_REGION || env.AWS_DEFAULT_REGION || (await profileRegion(env)));
  if (named) return checkRegion(named);
  throw new LadingError('input', 'no AWS region is given', {
    code: 'NO_REGION',
    hint: 'Set `region:` in lading.yml, `--region`, or AWS_REGION.',
  });
}

async function profileRegion(env: Context['env']): Promise<string | undefined> {
  const { readProfileFiles } = await import('./credentials/profile-files.js');
  const files = await readProfileFiles(env);
  return files.profile(files.chosen)?.region;
}
