import type { Context } from '../../base/context.js';
import { LadingError } from '../../base/errors.js';
import type { Task } from '../../base/report.js';
import type { GitHubApi } from '../../github/client/api.js';
import { readRepository } from '../../github/repositories.js';
import { resolveAudience, type Audience } from '../../github/secrets/audience.js';
import { readPublicKey } from '../../github/secrets/public-key.js';
import { formatScope, type Scope } from '../../github/secrets/scope.js';
import { readSecret } from '../../github/secrets/secret.js';
import { forEachSecret } from './each.js';
import type { FailedSecret, FoundSecret } from './found-secret.js';

export interface ReadOptions {
  readonly secrets: readonly string[];
  /** Who shall read an organization's secret; kept as it is when left out. */
  readonly audience?: Audience | undefined;
  /** Nothing will be written: keys and visibility of secrets that are not there do not matter. */
  readonly onlyAge?: boolean;
  readonly task?: Task;
}

export interface Reading {
  readonly found: readonly FoundSecret[];
  readonly failed: readonly FailedSecret[];
}

/** Reads how every secret stands. Rejects when nothing more can be read; one that is refused does not stop the others. */
export async function readSecrets(
  { clock }: Pick<Context, 'clock'>,
  api: GitHubApi,
  scopes: readonly Scope[],
  options: ReadOptions,
): Promise<Reading> {
  const named = scopes.flatMap((scope) => options.secrets.map((secret) => ({ scope, secret })));
  const found: FoundSecret[] = [];
  const { failed, stopped } = await forEachSecret(clock, named, options.task, async ({ scope, secret }) => {
    refuseApp(api, scope);
    found.push(await readOne(api, scope, secret, options));
  });
  if (stopped) throw stopped;
  return { found, failed };
}

async function readOne(api: GitHubApi, scope: Scope, secret: string, options: ReadOptions): Promise<FoundSecret> {
  const info = await readSecret(api, scope, secret);
  const isWritten = scope.kind === 'organization' && !options.onlyAge;
  if (info) {
    if (isWritten) resolveAudience({ scope, secret }, info.audience, options.audience);
    const present = info.moved ? await renamed(api, scope) : { scope };
    return { ...present, secret, updatedAt: info.updatedAt, audience: info.audience };
  }
  if (options.onlyAge && scope.kind === 'organization') return { scope, secret };
  // Also tells a place that is not there from a secret that is not there.
  const { key, moved } = await readPublicKey(api, scope);
  if (isWritten) resolveAudience({ scope, secret }, undefined, options.audience);
  return { ...(moved ? await renamed(api, scope) : { scope }), secret, publicKey: key };
}

async function renamed(api: GitHubApi, scope: Scope): Promise<Pick<FoundSecret, 'scope' | 'movedFrom'>> {
  if (scope.kind === 'organization') return { scope };
  const { owner, name } = await readRepository(api, scope);
  return { scope: { ...scope, owner, repository: name }, movedFrom: formatScope(scope) };
}

/** Whether GitHub opens the secrets of this scope to Apps at all; what it says to them is no more than 403. */
export function isOpenToApps(scope: Scope): boolean {
  return scope.kind !== 'organization' || scope.application !== 'codespaces';
}

function refuseApp({ identity }: GitHubApi, scope: Scope): void {
  if (isOpenToApps(scope) || (identity.kind !== 'app' && identity.kind !== 'installation')) return;
  const what = `${formatScope(scope)}: GitHub opens an organization's Codespaces secrets to no App`;
  throw new LadingError('credentials', what, {
    code: 'NOT_FOR_APPS',
    hint: `Write them by a personal token with admin:org in a run of its own, or ${scope.owner}/REPOSITORY:codespaces of each repository.`,
  });
}
