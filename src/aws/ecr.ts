import * as v from 'valibot';
import type { Context, Environment } from '../base/context.js';
import { parseShape } from '../base/json.js';
import type { AwsSession } from './api.js';
import { customEndpoint } from './endpoint.js';
import { partitions } from './partition.js';

/** What the name of a registry's host ends with: as its API's, or that of the names for IPv6. */
const suffixes = [...partitions.map(({ suffix }) => suffix), 'on.aws', 'on.amazonwebservices.com.cn'];

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html */
const ECR_HOST = new RegExp(
  `^(\\d{12})\\.dkr[.-]ecr(?:-fips)?\\.([a-z0-9-]+)\\.(?:${suffixes.join('|').replaceAll('.', '\\.')})$`,
);

/** An ECR registry by the name of its host; one at a custom ECR endpoint counts too, as the sandbox's does. */
export function isEcrHost(host: string, env: Environment): boolean {
  return ECR_HOST.test(host) || host === 'public.ecr.aws' || isCustomHost(host, env);
}

function isCustomHost(host: string, env: Environment): boolean {
  const endpoint = customEndpoint('ecr', env);
  return endpoint !== undefined && URL.canParse(endpoint) && new URL(endpoint).host === host;
}

/** Account of an ECR host name; undefined for custom hosts. */
export function ecrAccount(host: string): string | undefined {
  return ECR_HOST.exec(host)?.[1];
}

/** Region of an ECR host name; undefined for custom hosts. */
export function ecrRegion(host: string): string | undefined {
  return ECR_HOST.exec(host)?.[2];
}

const authorization = v.looseObject({
  authorizationToken: v.string(),
  expiresAt: v.optional(v.union([v.number(), v.string()])),
  proxyEndpoint: v.optional(v.string()),
});
const privateAnswer = v.looseObject({ authorizationData: v.pipe(v.array(authorization), v.minLength(1)) });
const publicAnswer = v.looseObject({ authorizationData: authorization });

/** Who one is for a registry, until it expires. */
export interface EcrLogin {
  readonly username: string;
  readonly password: string;
  /** Milliseconds since 1970; ECR gives twelve hours. */
  readonly expiresAt: number;
  /** Origin of the account's own registry, as `https://123456789012.dkr.ecr.eu-central-1.amazonaws.com`. */
  readonly endpoint?: string | undefined;
}

/** One GetAuthorizationToken. The password and its base64 form are masked before anyone sees them. */
export async function readEcrLogin(
  session: AwsSession,
  context: Pick<Context, 'report' | 'clock'>,
  options: { readonly region?: string | undefined; readonly isPublic?: boolean } = {},
): Promise<EcrLogin> {
  const what = 'answer of ecr GetAuthorizationToken';
  const answer = await session
    .api(options.isPublic ? 'ecr-public' : 'ecr', options.region === undefined ? {} : { region: options.region })
    .call('GetAuthorizationToken');
  const data = options.isPublic
    ? parseShape(publicAnswer, answer, what).authorizationData
    : parseShape(privateAnswer, answer, what).authorizationData[0];
  const token = data?.authorizationToken ?? '';
  context.report({ type: 'mask', value: token });
  const [username = '', ...rest] = Buffer.from(token, 'base64').toString('utf8').split(':');
  const password = rest.join(':');
  context.report({ type: 'mask', value: password });
  const expiresAt = typeof data?.expiresAt === 'number' ? data.expiresAt * 1000 : Date.parse(data?.expiresAt ?? '');
  return {
    username,
    password,
    expiresAt: Number.isNaN(expiresAt) ? context.clock.now() + 43_200_000 : expiresAt,
    endpoint: data && 'proxyEndpoint' in data ? data.proxyEndpoint : undefined,
  };
}

/** A login for ECR hosts, asked for once and again when it is about to expire or was refused (`renew`). */
export function ecrKeychain(
  session: () => Promise<AwsSession>,
  context: Pick<Context, 'env' | 'report' | 'clock'>,
): (host: string, options?: { readonly renew?: boolean }) => Promise<EcrLogin | undefined> {
  const known = new Map<string, Promise<EcrLogin>>();
  return async (host, options) => {
    if (!isEcrHost(host, context.env)) return undefined;
    const existing = options?.renew ? undefined : await known.get(host);
    if (existing && existing.expiresAt - context.clock.now() > 300_000) return existing;
    const asked = readEcrLogin(await session(), context, {
      region: ecrRegion(host),
      isPublic: host === 'public.ecr.aws',
    });
    known.set(host, asked);
    // Who asks again may have better luck.
    asked.catch(() => known.delete(host));
    return asked;
  };
}
