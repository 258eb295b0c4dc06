import type { Environment } from '../base/context.js';
import { InputError } from '../base/errors.js';
import { isLoopback } from '../base/http/http.js';
import { partitionOf } from './partition.js';
import type { AwsServiceName } from './services.js';
import { serviceOf } from './services.js';

/** Where a service is, and the region that its signatures name. */
export interface Endpoint {
  readonly url: string;
  readonly region: string;
}

/** `AWS_ENDPOINT_URL_<SERVICE>`, then `AWS_ENDPOINT_URL`, then AWS's own. */
export function endpointOf(name: AwsServiceName, region: string, env: Environment): Endpoint {
  const { endpointPrefix, home } = serviceOf(name);
  const partition = partitionOf(region);
  const at = home === undefined ? region : home === 'partition' ? partition.home : home;
  const custom = customEndpoint(name, env);
  if (custom) return { url: custom, region: at };
  const host = name === 'iam' ? partition.iam : `${endpointPrefix}.${at}.${partition.suffix}`;
  return { url: `https://${host}`, region: at };
}

/** What the environment says; not yet looked at. */
export function customEndpoint(name: AwsServiceName, env: Environment): string | undefined {
  const variable = variableWith(name, env);
  return variable === undefined ? undefined : env[variable];
}

function variableWith(name: AwsServiceName, env: Environment): string | undefined {
  if (env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS === 'true') return undefined;
  const own = `AWS_ENDPOINT_URL_${serviceOf(name).variable}`;
  return [own, 'AWS_ENDPOINT_URL'].find((variable) => env[variable]);
}

/** Hosts that may be spoken to without TLS, beside loopback: `LADING_INSECURE_ENDPOINT=moto:5000,proxy`. */
const INSECURE = 'LADING_INSECURE_ENDPOINT';

/**
 * Refuses what is no address, and plain HTTP to another machine: session tokens and registry passwords would travel
 * for everyone to read.
 */
export function checkEndpoint(name: AwsServiceName, env: Environment): void {
  const variable = variableWith(name, env);
  const text = variable === undefined ? undefined : env[variable];
  if (variable === undefined || text === undefined) return;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.hostname === '') {
    throw new InputError({
      where: variable,
      message: `is no address of an API: ${text}`,
      hint: 'Begin with https://.',
    });
  }
  if (url.username || url.password) {
    throw new InputError({
      where: variable,
      message: 'has a user name or a password in it, which no API of AWS takes',
    });
  }
  const allowed = (env[INSECURE] ?? '').split(/[\s,]+/);
  const isSafe = url.protocol === 'https:' || isLoopback(url.hostname);
  if (isSafe || allowed.includes(url.host) || allowed.includes(url.hostname)) return;
  throw new InputError({
    where: variable,
    message: `speaks plain HTTP to ${url.host}, where others can read along`,
    hint: `Use https://, or allow it with ${INSECURE}=${url.host}.`,
  });
}
