import type { Context } from '../../base/context.js';
import { formatDuration } from '../../base/duration.js';
import { HttpError, LadingError } from '../../base/errors.js';
import { isLoopback, type HttpResponse } from '../../base/http.js';
import { say } from '../../base/report.js';
import { isConnectionFailure } from '../../base/retry.js';
import { gitHubFailure, type GitHubAnswer } from './failure.js';
import { askedWait, type Pace } from './limits.js';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface GitHubRequest {
  /** What is attempted, for errors, as `write the secret X of acme/shop`. */
  readonly what: string;
  /** The account whose things are asked for; it decides which installation's token is used. */
  readonly owner: string;
  readonly body?: object;
  /** Statuses that are answers rather than errors, besides 2xx. */
  readonly accept?: readonly number[];
}

/** Who we are towards GitHub. */
export interface GitHubAuth {
  readonly kind: string;
  /** A token for the things of this owner. */
  token(owner: string): Promise<string>;
  /** After a 401: forgets the owner's token; false when another cannot be had. */
  renew(owner: string): boolean;
  /** Revokes what was made for this run. */
  close(): Promise<void>;
}

export interface GitHubApi {
  readonly url: string;
  readonly auth: GitHubAuth;
  /** Requests that were sent, with repetitions. */
  readonly sent: { readonly requests: number; readonly writes: number };
  /**
   * One request, serially after all others; waits as long as GitHub's headers ask, follows renamed repositories, tries
   * again what may pass. Rejects with `HttpError`.
   */
  request(method: Method, path: string, options: GitHubRequest): Promise<GitHubAnswer>;
  /** Resolves after so many milliseconds, for what GitHub shows only later; rejects when the run is cancelled. */
  pause(ms: number): Promise<void>;
}

export interface GitHubApiOptions {
  readonly url: string;
  readonly auth: GitHubAuth;
  readonly pace: Pace;
  /** `X-GitHub-Api-Version`. */
  readonly version?: string | undefined;
}

/** Works on github.com, GHE.com and GHES from 3.9 on; supported until March 2028 at least. */
const defaultVersion = '2022-11-28';
const limitTries = 5;
const failureTries = 4;

/** The API's address: `GITHUB_API_URL`, as runners set it, or github.com's. */
export function gitHubUrl(env: Context['env']): string {
  const text = env['GITHUB_API_URL'] || 'https://api.github.com';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname))) {
    return url.href.replace(/\/$/, '');
  }
  throw new LadingError('input', `GITHUB_API_URL: '${text}' is no https address`, {
    code: 'INVALID_INPUT',
    hint: 'Set it to https://api.github.com, https://api.NAME.ghe.com or https://HOST/api/v3.',
  });
}

/** A client of GitHub's REST API. https://docs.github.com/rest */
export function createGitHubApi(
  context: Pick<Context, 'http' | 'clock' | 'report' | 'signal'>,
  options: GitHubApiOptions,
): GitHubApi {
  const { http, clock, report, signal } = context;
  const { url, auth, pace } = options;
  const sent = { requests: 0, writes: 0 };
  let blockedUntil = 0;
  let last: Promise<unknown> = Promise.resolve();

  async function exchange(method: Method, path: string, { owner, body }: GitHubRequest): Promise<GitHubAnswer> {
    const headers = {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${await auth.token(owner)}`,
      'user-agent': 'lading',
      'x-github-api-version': options.version ?? defaultVersion,
      ...(body && { 'content-type': 'application/json' }),
    };
    let target = new URL(url + path);
    for (let hops = 0; ; hops++) {
      sent.requests++;
      if (method !== 'GET') sent.writes++;
      const response = await http(target, { method, headers, signal, body: body && JSON.stringify(body) });
      const text = await response.text();
      const next = redirectOf(response, target);
      // A token never goes to another host.
      if (next === undefined || hops === 5 || next.origin !== target.origin) {
        return { status: response.status, headers: response.headers, text, body: parsed(text), moved: hops > 0 };
      }
      target = next;
    }
  }

  async function attempt(method: Method, path: string, request: GitHubRequest): Promise<GitHubAnswer> {
    const isWrite = method !== 'GET';
    let renewed = false;
    let failures = 0;
    for (let limited = 0; ;) {
      if (blockedUntil > clock.now()) await waitFor({ ms: blockedUntil - clock.now(), limit: 'primary' });
      await pace.before(isWrite, signal);
      let answer: GitHubAnswer;
      try {
        answer = await exchange(method, path, request);
      } catch (error) {
        if (!isConnectionFailure(error) || ++failures >= failureTries) throw error;
        await clock.sleep(1000 * 2 ** (failures - 1), signal);
        continue;
      } finally {
        pace.after(isWrite);
      }
      const wait = askedWait(answer, clock.now(), limited + 1);
      if (wait) {
        if (++limited > limitTries) throw rateLimited(request.what, answer);
        await waitFor(wait);
        continue;
      }
      noteBudget(answer);
      if (answer.status >= 500 && ++failures < failureTries) {
        await clock.sleep(1000 * 2 ** (failures - 1), signal);
        continue;
      }
      if (answer.status === 401 && !renewed && auth.renew(request.owner)) {
        renewed = true;
        continue;
      }
      if ((answer.status >= 200 && answer.status < 300) || request.accept?.includes(answer.status)) return answer;
      throw gitHubFailure(request.what, answer, auth.kind);
    }
  }

  async function waitFor(wait: { readonly ms: number; readonly limit: string }): Promise<void> {
    const until = new Date(clock.now() + wait.ms).toISOString().slice(11, 19);
    say(report, 'info', `GitHub's ${wait.limit} limit: waiting ${formatDuration(wait.ms)}, until ${until} UTC`);
    await clock.sleep(wait.ms, signal);
  }

  /** Stops before the request that would be refused. */
  function noteBudget({ headers }: GitHubAnswer): void {
    const reset = Number(headers['x-ratelimit-reset']);
    if (headers['x-ratelimit-remaining'] === '0' && Number.isFinite(reset)) blockedUntil = reset * 1000 + 1000;
  }

  return {
    url,
    auth,
    sent,
    pause: (ms) => clock.sleep(ms, signal),
    request(method, path, request) {
      // GitHub asks for requests in series: https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api
      const result = last.then(() => attempt(method, path, request));
      last = result.catch(() => undefined);
      return result;
    },
  };
}

function redirectOf(response: HttpResponse, from: URL): URL | undefined {
  const location = response.headers['location'];
  if (![301, 302, 307, 308].includes(response.status) || !location) return undefined;
  return URL.canParse(location, from.href) ? new URL(location, from) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function rateLimited(what: string, answer: GitHubAnswer): HttpError {
  return new HttpError(`${what}: GitHub still limits our requests after ${limitTries} waits`, {
    code: 'RATE_LIMITED',
    status: answer.status,
    hint: 'Start it again in an hour; what is done is skipped then.',
  });
}
