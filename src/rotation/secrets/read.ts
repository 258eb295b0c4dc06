import { LadingError } from '../../base/errors.js';
import type { Task } from '../../base/report.js';
import type { GitHubApi } from '../../github/client/api.js';
import { isHopeless } from '../../github/client/failure.js';
import { readRepository } from '../../github/repositories.js';
import type { Standing, Unreadable } from './plan.js';
import { formatScope, type Scope } from '../../github/secrets/scope.js';
import { readPublicKey, readSecret, resolveAccess, type Access } from '../../github/secrets/secret.js';

export interface LookOptions {
  readonly secrets: readonly string[];
  /** Who shall read an organization's secret; kept as it is when left out. */
  readonly access?: Access | undefined;
  /** Nothing will be written: keys and visibility of secrets that are not there do not matter. */
  readonly onlyAge?: boolean;
  readonly task?: Task;
}

export interface Look {
  readonly standings: readonly Standing[];
  readonly unreadable: readonly Unreadable[];
}

/** Reads how every secret stands. A place that cannot be read does not stop the others. */
export async function lookAtSecrets(api: GitHubApi, scopes: readonly Scope[], options: LookOptions): Promise<Look> {
  const standings: Standing[] = [];
  const unreadable: Unreadable[] = [];
  let hopeless: LadingError | undefined;
  for (const [index, scope] of scopes.entries()) {
    options.task?.progress(index, scopes.length, { unit: 'count' });
    for (const secret of options.secrets) {
      try {
        if (hopeless) throw hopeless;
        standings.push(await look(api, scope, secret, options));
      } catch (error) {
        if (!(error instanceof LadingError) || error.kind === 'cancelled') throw error;
        if (isHopeless(error)) hopeless = error;
        unreadable.push({ scope, secret, error });
      }
    }
  }
  return { standings, unreadable };
}

async function look(api: GitHubApi, scope: Scope, secret: string, options: LookOptions): Promise<Standing> {
  const found = await readSecret(api, scope, secret);
  if (found) {
    if (scope.kind === 'organization' && !options.onlyAge) {
      resolveAccess({ scope, secret }, found.value.access, options.access);
    }
    const present = found.moved ? await renamed(api, scope) : { scope };
    return { ...present, secret, ...found.value };
  }
  if (options.onlyAge && scope.kind === 'organization') return { scope, secret };
  // Also tells a place that is not there from a secret that is not there.
  const { value, moved } = await readPublicKey(api, scope);
  if (scope.kind === 'organization') resolveAccess({ scope, secret }, undefined, options.access);
  return { ...(moved ? await renamed(api, scope) : { scope }), secret, publicKey: value };
}

async function renamed(api: GitHubApi, scope: Scope): Promise<Pick<Standing, 'scope' | 'movedFrom'>> {
  if (scope.kind === 'organization') return { scope };
  const { owner, name } = await readRepository(api, scope);
  return { scope: { ...scope, owner, repository: name }, movedFrom: formatScope(scope) };
}
