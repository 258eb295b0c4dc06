import type { Context } from '../base/context.js';
import { LadingError } from '../base/errors.js';
import type { AwsCredentials, AwsServiceName, AwsSession } from './api.js';
import { findCredentials } from './credentials.js';
import { endpointOf } from './endpoint.js';
import { jsonApi } from './json-api.js';

type SessionContext = Pick<Context, 'env' | 'http' | 'clock' | 'report' | 'signal'>;

/** Credentials are looked for when they are first needed, and again shortly before they expire. */
export async function openAws(
  context: SessionContext,
  options: { readonly region?: string | undefined } = {},
): Promise<AwsSession> {
  const region = options.region ?? (await findRegion(context));
  let found: Promise<AwsCredentials> | undefined;

  async function credentials(): Promise<AwsCredentials> {
    const current = await (found ??= findCredentials(context));
    const left = current.expiration ? current.expiration.getTime() - Date.now() : Number.POSITIVE_INFINITY;
    if (left > 60_000) return current;
    return (found = findCredentials(context));
  }

  return {
    region,
    credentials,
    api(service, apiOptions) {
      if (!isJson(service)) {
        throw new LadingError('bug', `${service} does not speak AWS JSON`, { code: 'NO_SUCH_PROTOCOL' });
      }
      const at = service === 'ecr-public' ? 'us-east-1' : (apiOptions?.region ?? region);
      return jsonApi({ service, region: at, endpoint: endpointOf(service, at, context.env), credentials }, context);
    },
  };
}

function isJson(service: AwsServiceName): service is 'ecs' | 'ecr' | 'ecr-public' | 'logs' {
  return service === 'ecs' || service === 'ecr' || service === 'ecr-public' || service === 'logs';
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

/** `region` of the profile in the shared AWS configuration file. */
async function profileRegion(env: Context['env']): Promise<string | undefined> {
  const { readFile } = await import('node:fs/promises');
  const file = env.AWS_CONFIG_FILE || `${env.HOME ?? env.USERPROFILE ?? ''}/.aws/config`;
  const text = await readFile(file, 'utf8').catch(() => '');
  const wanted = env.AWS_PROFILE && env.AWS_PROFILE !== 'default' ? `profile ${env.AWS_PROFILE}` : 'default';
  let section = '';
  for (const line of text.split('\n')) {
    const header = /^\s*\[([^\]]+)\]/.exec(line);
    if (header) section = (header[1] ?? '').trim();
    const region = /^\s*region\s*=\s*(\S+)/.exec(line);
    if (region && section === wanted) return region[1];
  }
  return undefined;
}
