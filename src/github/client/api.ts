import type { Context } from '../../base/context.js';
import { formatDuration } from '../../base/duration.js';
import { HttpError, LadingError } from '../../base/errors.js';
import { isLoopback } from '../../base/http/http.js';
import { say } from '../../base/tell/report.js';
import { isConnectionFailure } from '../../base/retry.js';
import { exchange, type Method } from './exchange.js';
import { gitHubFailure, type GitHubAnswer } from './failure.js';
import { askedWait, longestWaitMs, type AskedWait, type Pace } from './limits.js';
import type { RemoteClock } from './remote-clock.js';

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
export interface GitHubIdentity {
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
  readonly identity: GitHubIdentity;
  /** Requests that were sent, with repetitions. */
  readonly sent: { readonly requests: number; readonly writes: number };
  /**
   * One request, serially after all others; waits as long as GitHub's headers ask, follows renamed repositories, tries
   * again what may pass. Rejects with `HttpError`.
   */
  request(method: Method, path: string, options: GitHubRequest): Promise<GitHubAnswer>;
  /** GitHub's time in milliseconds, once an answer has told it; ours before. */
  now(): number;
  /** Resolves after so many milliseconds, for what GitHub shows only later; rejects when the run is cancelled. */
  pause(ms: number): Promise<void>;
}

export interface GitHubApiOptions {
  readonly url: string;
  readonly identity: GitHubIdentity;
  readonly pace: Pace;
  readonly remote: RemoteClock;
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
  const { clock, report, signal } = context;
  const { url, identity, pace, remote } = options;
  const sent = { requests: 0, writes: 0 };
  let blockedUntil = 0;
  let last: Promise<unknown> = Promise.resolve();

  async function send(method: Method, path: string, { owner, body }: GitHubRequest): Promise<GitHubAnswer> {
    const headers = {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${await identity.token(owner)}`,
      'user-agent': 'lading',
      'x-github-api-version': options.version ?? defaultVersion,
      ...(body && { 'content-type': 'application/json' }),
    };
    const onSend = () => {
      sent.requests++;
      if (method !== 'GET') sent.writes++;
    };
    const answer = await exchange(context, { method, url: url + path, headers, body, onSend });
    remote.observe(answer.headers['date']);
    return answer;
  }

  async function attempt(method: Method, path: string, request: GitHubRequest): Promise<GitHubAnswer> {
    const isWrite = method !== 'GET';
    let renewed = false;
    let failures = 0;
    const again = () => clock.sleep(1000 * 2 ** (failures - 1), signal);
    for (let limited = 0; ;) {
      if (blockedUntil > remote.now()) await waitFor({ ms: blockedUntil - remote.now(), limit: 'primary' });
      await pace.before(isWrite, signal);
      let answer: GitHubAnswer;
      try {
        answer = await send(method, path, request);
      } catch (error) {
        if (!isConnectionFailure(error) || ++failures >= failureTries) throw error;
        await again();
        continue;
      } finally {
        pace.after(isWrite);
      }
      const wait = askedWait(answer, remote.now(), limited + 1);
      if (wait) {
        if (++limited > limitTries || wait.ms > longestWaitMs) throw rateLimited(request.what, answer, wait);
        await waitFor(wait);
        continue;
      }
      noteBudget(answer);
      if (answer.status >= 500 && ++failures < failureTries) {
        await again();
        continue;
      }
      if (answer.status === 401 && !renewed && identity.renew(request.owner)) {
        renewed = true;
        continue;
      }
      if ((answer.status >= 200 && answer.status < 300) || request.accept?.includes(answer.status)) return answer;
      throw gitHubFailure(request.what, answer, identity.kind);
    }
  }

  async function waitFor(wait: AskedWait): Promise<void> {
    const until = new Date(clock.now() + wait.ms).toISOString().slice(11, 19);
    say(report, 'info', `GitHub's ${wait.limit} limit: waiting ${formatDuration(wait.ms)}, until ${until} UTC`);
    await clock.sleep(wait.ms, signal);
  }

  /** Stops before the request that would be refused. */
  function noteBudget({ headers }: GitHubAnswer): void {
    const reset = Number(headers['x-ratelimit-reset']) * 1000 + 1000;
    const isSoon = reset - remote.now() <= longestWaitMs;
    if (headers['x-ratelimit-remaining'] === '0' && isSoon) blockedUntil = reset;
  }

  return {
    url,
    identity,
    sent,
    now: () => remote.now(),
    pause: (ms) => clock.sleep(ms, signal),
    request(method, path, request) {
      // GitHub asks for requests in series: https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api
      const result = last.then(() => attempt(method, path, request));
      last = result.catch(() => undefined);
      return result;
    },
  };
}

function rateLimited(what: string, answer: GitHubAnswer, wait: AskedWait): HttpError {
  const why =
    wait.ms > longestWaitMs
      ? `GitHub asks us to wait ${formatDuration(wait.ms)}`
      : `GitHub still limits our requests after ${limitTries} waits`;
  return new HttpError(`${what}: ${why}`, {
    code: 'RATE_LIMITED',
    status: answer.status,
    hint: 'Start it again in an hour; what is done is skipped then.',
  });
}
