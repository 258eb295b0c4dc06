import type { Environment } from '../base/context.js';
import { InputError } from '../base/errors.js';
import { ecrRegion, isEcrHost } from './ecr.js';
import { partitionOf } from './partition.js';

export const PUBLIC_HOST = 'public.ecr.aws';

/** A registry of ECR as somebody named it; what is left out is that of the run. */
export interface EcrRegistry {
  readonly isPublic: boolean;
  /** 12 digits. */
  readonly account?: string | undefined;
  readonly region?: string | undefined;
  /** As it was written, when it was. */
  readonly host?: string | undefined;
}

const HINT = 'Write an account, ACCOUNT.REGION, the host of an ECR registry, or public.';

/** `123456789012`, `123456789012.eu-central-1`, a host with or without a repository behind it, `public`. */
export function parseEcrRegistry(text: string, env: Environment): EcrRegistry {
  const name = text.trim().replace(/^https?:\/\//, '');
  const host = name.replace(/\/.*$/s, '');
  if (host === 'public' || host === PUBLIC_HOST) return { isPublic: true, host: PUBLIC_HOST };
  const [, account, region] = /^(\d{12})(?:\.([a-z]{2}-[a-z0-9-]+-\d+))?$/.exec(host) ?? [];
  if (account !== undefined) return { isPublic: false, account, region };
  if (isEcrHost(host, env)) {
    return { isPublic: false, account: /^\d{12}(?=\.)/.exec(host)?.[0], region: ecrRegion(host), host };
  }
  const digits = /^\d+$/.test(host) ? `: an account has twelve digits, this has ${host.length}` : '';
  const hint = digits ? 'Put it in quotes, so that YAML keeps its zeros in front.' : HINT;
  throw new InputError(
    { where: '', message: `${JSON.stringify(text)} is no registry of ECR${digits}`, hint },
    'NOT_ECR',
  );
}

/** `123456789012.dkr.ecr.eu-central-1.amazonaws.com`: the registry of an account, by the names that AWS gives. */
export function registryHost(account: string, region: string): string {
  return `${account}.dkr.ecr.${region}.${partitionOf(region).suffix}`;
}

/**
 * Host of an account's registry. ECR names that of the caller's own account as `endpoint`; another one's differs in the
 * number alone, and an emulator has one for all.
 */
export function ecrHost(
  { account, host }: EcrRegistry,
  { endpoint, region }: { readonly endpoint: string | undefined; readonly region: string },
): string | undefined {
  if (host !== undefined) return host;
  const own = endpoint?.replace(/^https?:\/\//, '').replace(/\/.*$/s, '');
  if (own) return account === undefined ? own : own.replace(/^\d{12}(?=\.dkr)/, account);
  return account === undefined ? undefined : registryHost(account, region);
}
