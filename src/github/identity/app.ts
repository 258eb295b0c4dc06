import type { KeyObject } from 'node:crypto';
import * as v from 'valibot';
import type { Context } from '../../base/context.js';
import { HttpError, LadingError } from '../../base/errors.js';
import { parseShape } from '../../base/json.js';
import { say } from '../../base/report.js';
import { createGitHubApi, type GitHubApi, type GitHubAuth } from '../client/api.js';
import { appJwt } from './app-key.js';
import { createPace } from '../client/limits.js';

/** What a token may do: nothing beyond the run's need. */
export interface Grant {
  readonly permissions: Readonly<Record<string, 'read' | 'write'>>;
  /** Names without owner; all that the installation has when left out. */
  readonly repositories?: readonly string[] | undefined;
}

export interface AppAuth extends GitHubAuth {
  /** Sets what the tokens for this owner's things may do from now on. */
  narrow(owner: string, grant: Grant): Promise<void>;
}

interface Held {
  readonly token: string;
  readonly expiresAt: number;
}

const installationShape = v.looseObject({ id: v.number() });
const tokenShape = v.looseObject({ token: v.pipe(v.string(), v.nonEmpty()), expires_at: v.string() });

/** GitHub's limit of repositories in one token. */
const repositoriesPerToken = 500;

/**
 * A GitHub App: one token per installation, made when first needed, renewed before its hour ends, revoked at the end.
 * https://docs.github.com/rest/apps/apps#create-an-installation-access-token-for-an-app
 */
export function createAppAuth(
  context: Pick<Context, 'http' | 'clock' | 'report' | 'signal'>,
  app: { readonly url: string; readonly appId: string; readonly key: KeyObject; readonly version?: string | undefined },
): AppAuth {
  const { clock, report } = context;
  const grants = new Map<string, Grant>();
  const held = new Map<string, Held>();
  const installations = new Map<string, number>();

  function apiAs(token: string, signal = context.signal): GitHubApi {
    const auth = { kind: 'app', token: async () => token, renew: () => false, close: async () => undefined };
    return createGitHubApi({ ...context, signal }, { ...app, auth, pace: createPace(clock, { betweenMs: 0 }) });
  }

  function asApp(): GitHubApi {
    const jwt = appJwt(app.appId, app.key, clock.now());
    report({ type: 'mask', value: jwt });
    return apiAs(jwt);
  }

  async function installation(owner: string): Promise<number> {
    const known = installations.get(owner);
    if (known !== undefined) return known;
    const what = `find the installation of App ${app.appId} at ${owner}`;
    for (const place of ['orgs', 'users']) {
      const path = `/${place}/${encodeURIComponent(owner)}/installation`;
      const answer = await explainRefusedKey(asApp().request('GET', path, { what, owner, accept: [404] }));
      if (answer.status === 404) continue;
      const { id } = parseShape(installationShape, answer.body, what);
      installations.set(owner, id);
      return id;
    }
    throw new LadingError('credentials', `${what}: it is not installed there`, {
      code: 'APP_NOT_INSTALLED',
      hint: `Install the App at ${owner}, on the repositories whose secrets it shall write.`,
    });
  }

  async function mint(owner: string): Promise<Held> {
    const grant = grants.get(owner) ?? { permissions: { metadata: 'read' } };
    const path = `/app/installations/${await installation(owner)}/access_tokens`;
    const what = `make a token of App ${app.appId} for ${owner}`;
    const { permissions, repositories = [] } = grant;
    const narrow = repositories.length > 0 && repositories.length <= repositoriesPerToken;
    const ask = async (body: object): Promise<Held> => {
      const answer = await explainRefusedKey(asApp().request('POST', path, { what, owner, body }));
      const made = parseShape(tokenShape, answer.body, what);
      report({ type: 'mask', value: made.token });
      return { token: made.token, expiresAt: Date.parse(made.expires_at) };
    };
    try {
      return await ask(narrow ? { permissions, repositories } : { permissions });
    } catch (error) {
      if (!(error instanceof HttpError) || error.status !== 422) throw error;
      if (/permission/i.test(error.message)) throw missingPermission(error, permissions);
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
      if (now && now.expiresAt - clock.now() > 5 * 60_000) return now.token;
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

async function explainRefusedKey<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof HttpError) || error.status !== 401) throw error;
    throw new LadingError('credentials', error.message, {
      code: 'APP_KEY_REFUSED',
      hint: 'Check that the key belongs to this App id and was not deleted, that GITHUB_API_URL is its host, and the clock of this machine.',
      cause: error,
    });
  }
}

function missingPermission(error: HttpError, permissions: Grant['permissions']): LadingError {
  const asked = Object.entries(permissions).map(([name, level]) => `${name}=${level}`);
  return new LadingError('credentials', `${error.message} (asked for ${asked.join(', ')})`, {
    code: 'APP_PERMISSION_MISSING',
    hint: `Grant the App ${asked.join(', ')}, and accept the change on the page of its installation.`,
    cause: error,
  });
}
