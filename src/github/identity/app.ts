import type { KeyObject } from 'node:crypto';
import * as v from 'valibot';
import type { Context } from '../../base/context.js';
import { HttpError } from '../../base/errors.js';
import { parseShape } from '../../base/json.js';
import { say } from '../../base/tell/report.js';
import { createGitHubApi, type GitHubApi, type GitHubIdentity, type GitHubRequest } from '../client/api.js';
import type { Method } from '../client/exchange.js';
import type { GitHubAnswer } from '../client/failure.js';
import { createPace } from '../client/limits.js';
import type { RemoteClock } from '../client/remote-clock.js';
import { appJwt } from './app-key.js';
import { keyRefused, notInstalled, permissionMissing } from './app-failure.js';

/** What a token may do: nothing beyond the run's need. */
export interface Grant {
  readonly permissions: Readonly<Record<string, 'read' | 'write'>>;
  /** Names without owner; all that the installation has when left out. */
  readonly repositories?: readonly string[] | undefined;
}

export interface AppIdentity extends GitHubIdentity {
  /** Sets what the tokens for this owner's things may do from now on. */
  narrow(owner: string, grant: Grant): Promise<void>;
}

export interface AppOptions {
  readonly url: string;
  readonly appId: string;
  readonly key: KeyObject;
  readonly remote: RemoteClock;
  readonly version?: string | undefined;
}

interface Held {
  readonly token: string;
  readonly expiresAt: number;
}

const installationShape = v.looseObject({ id: v.number() });
const tokenShape = v.looseObject({ token: v.pipe(v.string(), v.nonEmpty()), expires_at: v.string() });

/** GitHub's limit of repositories in one token. */
const repositoriesPerToken = 500;
/** A signed token has a minute to spare on one side only. */
const skewThatMatters = 30_000;

/**
 * A GitHub App: one token per installation, made when first needed, renewed before its hour ends, revoked at the end.
 * https://docs.github.com/rest/apps/apps#create-an-installation-access-token-for-an-app
 */
export function createAppIdentity(
  context: Pick<Context, 'http' | 'clock' | 'report' | 'signal'>,
  app: AppOptions,
): AppIdentity {
  const { clock, report } = context;
  const { remote, appId } = app;
  const grants = new Map<string, Grant>();
  const held = new Map<string, Held>();
  const installations = new Map<string, number>();

  function apiAs(token: string, signal = context.signal): GitHubApi {
    const identity = { kind: 'app', token: async () => token, renew: () => false, close: async () => undefined };
    return createGitHubApi({ ...context, signal }, { ...app, identity, pace: createPace(clock, { betweenMs: 0 }) });
  }

  /** A request as the App itself. Where our clock is wrong, the refusal tells GitHub's, and a second token is right. */
  async function asApp(method: Method, path: string, request: GitHubRequest): Promise<GitHubAnswer> {
    for (let attempt = 1; ; attempt++) {
      const offset = remote.offsetMs;
      const jwt = appJwt(appId, app.key, remote.now());
      report({ type: 'mask', value: jwt });
      try {
        return await apiAs(jwt).request(method, path, request);
      } catch (error) {
        if (!(error instanceof HttpError) || error.status !== 401) throw error;
        if (attempt > 1 || Math.abs(remote.offsetMs - offset) < skewThatMatters) throw keyRefused(error);
      }
    }
  }

  async function installation(owner: string): Promise<number> {
    const known = installations.get(owner);
    if (known !== undefined) return known;
    const what = `find the installation of App ${appId} at ${owner}`;
    for (const kind of ['orgs', 'users']) {
      const path = `/${kind}/${encodeURIComponent(owner)}/installation`;
      const answer = await asApp('GET', path, { what, owner, accept: [404] });
      if (answer.status === 404) continue;
      const { id } = parseShape(installationShape, answer.body, what);
      installations.set(owner, id);
      return id;
    }
    throw notInstalled(what, owner);
  }

  async function mint(owner: string): Promise<Held> {
    const grant = grants.get(owner) ?? { permissions: { metadata: 'read' } };
    const path = `/app/installations/${await installation(owner)}/access_tokens`;
    const what = `make a token of App ${appId} for ${owner}`;
    const { permissions, repositories = [] } = grant;
    const narrow = repositories.length > 0 && repositories.length <= repositoriesPerToken;
    const ask = async (body: object): Promise<Held> => {
      const made = parseShape(tokenShape, (await asApp('POST', path, { what, owner, body })).body, what);
      report({ type: 'mask', value: made.token });
      return { token: made.token, expiresAt: Date.parse(made.expires_at) };
    };
    try {
      return await ask(narrow ? { permissions, repositories } : { permissions });
    } catch (error) {
      if (!(error instanceof HttpError) || error.status !== 422) throw error;
      if (/permission/i.test(error.message)) throw permissionMissing(error, permissions);
      if (!narrow) throw error;
      // One name that the installation does not have must not stop the others.
      say(report, 'debug', `${error.message}; asking for all repositories of the installation`);
      return await ask({ permissions });
    }
  }

  async function revoke(owner: string): Promise<void> {
    const token = held.get(owner)?.token;
    held.delete(owner);
    if (token === undefined) return;
    const what = `revoke the token for ${owner}`;
    // Also after a cancel, therefore with a signal of its own. It dies within the hour by itself: no reason to fail.
    await apiAs(token, AbortSignal.timeout(3000))
      .request('DELETE', '/installation/token', { what, owner, accept: [401, 404] })
      .catch((error: unknown) => say(report, 'debug', `${what}: ${String(error)}`));
  }

  return {
    kind: 'app',
    async token(owner) {
      const now = held.get(owner);
      if (now && now.expiresAt - remote.now() > 5 * 60_000) return now.token;
      const made = await mint(owner);
      held.set(owner, made);
      return made.token;
    },
    renew(owner) {
      return held.delete(owner);
    },
    async narrow(owner, grant) {
      await revoke(owner);
      grants.set(owner, grant);
    },
    async close() {
      for (const owner of [...held.keys()]) await revoke(owner);
    },
  };
}
