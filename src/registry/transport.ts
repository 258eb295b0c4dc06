import { Readable } from 'node:stream';
import type { Clock } from '../base/clock.js';
import { formatDuration } from '../base/duration.js';
import { LadingError, messageOf } from '../base/errors.js';
import type { Http, HttpRequest, HttpResponse } from '../base/http/http.js';
import { isLoopback } from '../base/http/http.js';
import type { Report } from '../base/tell/report.js';
import { isTransientStatus, retry } from '../base/retry.js';
import type { Auth } from './auth.js';
import { createAuth } from './auth.js';
import { explainRefused, explainUnreachable, isPassing } from './failure.js';
import type { Keychain } from './keychain.js';
import { pageUrl, redirectUrl, uploadUrl } from './location.js';

export interface TransportContext {
  readonly http: Http;
  readonly clock: Clock;
  readonly report: Report;
  readonly signal: AbortSignal;
}

export interface RegistryRequest extends HttpRequest {
  /** What a bearer token must allow for it beside what the registry asks for, as `repository:base:pull`. */
  readonly scopes?: readonly string[];
}

export interface ReadOptions {
  readonly accept?: string;
  readonly limit: number;
  /** Statuses that say that there is nothing; 404 when left out. */
  readonly absent?: readonly number[];
}

export interface Found {
  readonly bytes: Buffer;
  readonly headers: HttpResponse['headers'];
}

export interface Transport {
  /** `host/repository`, for people. */
  readonly target: string;
  readonly requests: () => number;
  /** One exchange with credentials, at the registry alone; a 401, or the 403 of an expired password, is answered. The caller reads or destroys the body. */
  once(method: string, url: string | URL, request?: RegistryRequest): Promise<HttpResponse>;
  /** As `once`, repeated while the failure may pass. Redirects of GET and HEAD are followed, without credentials to other origins. */
  call(what: string, method: string, path: string, request?: RegistryRequest): Promise<HttpResponse>;
  /**
   * What lies at a path, with its body read within the attempt: one that breaks off is asked for again. Undefined when
   * there is nothing. More than `limit` bytes are refused.
   */
  read(what: string, path: string, options: ReadOptions): Promise<Found | undefined>;
  /** Fails unless the status is one of these. */
  expect(what: string, answer: HttpResponse, ...statuses: readonly number[]): Promise<HttpResponse>;
  retrying<Result>(work: (attempt: number) => Promise<Result>): Promise<Result>;
  /** Says what is for those who look closely. */
  note(text: string): void;
  /** Waits before something is tried again for the so manieth time. */
  pause(failures: number): Promise<void>;
  /** The address of an upload that `POST path` was answered with; refused when it is not the registry's own. */
  uploadUrl(location: string, path: string): URL;
  /** The address of a next page that `GET path` was answered with; refused when it is not the registry's own. */
  pageUrl(link: string, path: string): URL;
}

/** Bytes of an answer that says no: what it says stands at its beginning. */
const LONGEST_REFUSAL = 64 << 10;

/** Milliseconds: what is told, and what a registry gets that asks for more. */
const LONG_WAIT = 5000;
const LONGEST_WAIT = 60_000;

/** Times that one request goes out because a login or a token ended: others may use up what is new. */
const MOST_LOGINS = 5;

export function createTransport(
  host: string,
  repository: string,
  options: { readonly keychain: Keychain; readonly insecureHosts: readonly string[] },
  context: TransportContext,
): Transport {
  const hostname = host.replace(/:\d+$/, '');
  const scheme = isLoopback(hostname) || options.insecureHosts.includes(host) ? 'http' : 'https';
  const origin = new URL(`${scheme}://${host}`);
  const auth: Auth = createAuth({ host, origin, repository }, options.keychain, context);
  const target = `${host}/${repository}`;
  let requests = 0;

  async function exchange(method: string, url: URL, request: RegistryRequest, header?: string): Promise<HttpResponse> {
    requests++;
    const { scopes: _scopes, ...plain } = request;
    const headers = { ...(header !== undefined && { authorization: header }), ...request.headers };
    const signal = request.signal ? AbortSignal.any([context.signal, request.signal]) : context.signal;
    return context.http(url, { ...plain, method, headers, signal });
  }

  async function once(method: string, where: string | URL, request: RegistryRequest = {}): Promise<HttpResponse> {
    const url = new URL(where, origin);
    if (url.origin !== origin.origin)
      throw new LadingError('bug', `${url.origin} is not the registry of ${target}`, { code: 'OTHER_ORIGIN' });
    for (let left = MOST_LOGINS; ; left--) {
      const header = await auth.header(request.scopes);
      const answer = await exchange(method, url, request, header);
      if (answer.status !== 401 && answer.status !== 403) {
        auth.accepted(header);
        return answer;
      }
      const kept = answer.status === 403 ? await readable(answer) : answer;
      if (left <= 1 || !(await mayTryAgain(kept, method, header, request.scopes))) return kept;
      kept.stream.destroy();
    }
  }

  async function mayTryAgain(
    answer: HttpResponse,
    method: string,
    header: string | undefined,
    scopes: readonly string[] | undefined,
  ): Promise<boolean> {
    if (answer.status === 401) return auth.answer(answer.headers['www-authenticate'], header, scopes);
    return (await saysExpired(answer, method, header)) && auth.answer(undefined, header);
  }

  async function follow(method: string, where: string, request: RegistryRequest): Promise<HttpResponse> {
    let answer = await once(method, where, request);
    if (method !== 'GET' && method !== 'HEAD') return answer;
    let url = new URL(where, origin);
    for (let hops = 0; answer.status >= 300 && answer.status < 400 && answer.headers.location && hops < 5; hops++) {
      url = redirectUrl(answer.headers.location, url, target);
      answer.drop();
      answer = await exchange(method, url, request, url.origin === origin.origin ? await auth.header() : undefined);
    }
    return answer;
  }

  async function refuse(what: string, answer: HttpResponse): Promise<LadingError> {
    const body = await answer.excerpt(LONGEST_REFUSAL).catch(() => '');
    const retryAfter = answer.headers['retry-after'];
    return explainRefused({ what, target, status: answer.status, body, retryAfter, secrets: auth.secrets() });
  }

  async function attempt(what: string, method: string, path: string, request: RegistryRequest): Promise<HttpResponse> {
    const answer = await follow(method, path, request);
    if (isTransientStatus(answer.status)) throw await refuse(what, answer);
    return answer;
  }

  function retrying<Result>(work: (attempt: number) => Promise<Result>): Promise<Result> {
    return retry(work, {
      clock: context.clock,
      signal: context.signal,
      maxAskedMs: LONGEST_WAIT,
      isTransient: (error) => isPassing(error, context.clock.now()),
      onRetry(error, waitMs, _next, askedMs) {
        const asked = askedMs === undefined || askedMs === waitMs ? '' : ` (${formatDuration(askedMs)} were asked for)`;
        const text = `${messageOf(error)}; once more in ${formatDuration(waitMs)}${asked}`;
        // A long wait would look like a hang.
        context.report({ type: 'message', level: waitMs < LONG_WAIT ? 'debug' : 'info', text });
      },
    }).catch((error: unknown) => {
      throw explainUnreachable(error, host, scheme);
    });
  }

  return {
    target,
    requests: () => requests,
    once,
    retrying,
    note: (text) => context.report({ type: 'message', level: 'debug', text }),
    pause: (failures) => context.clock.sleep(100 * 2 ** failures, context.signal),
    uploadUrl: (location, path) => uploadUrl(location, new URL(path, origin), target),
    pageUrl: (link, path) => pageUrl(link, new URL(path, origin), target),
    call: (what, method, path, request = {}) => retrying(() => attempt(what, method, path, request)),
    read(what, path, { accept, limit, absent = [404] }) {
      return retrying(async () => {
        const answer = await attempt(what, 'GET', path, accept === undefined ? {} : { headers: { accept } });
        if (absent.includes(answer.status)) {
          answer.drop();
          return undefined;
        }
        if (answer.status !== 200) throw await refuse(what, answer);
        return { bytes: await answer.bytes(limit), headers: answer.headers };
      });
    },
    async expect(what, answer, ...statuses) {
      if (statuses.includes(answer.status)) return answer;
      throw await refuse(what, answer);
    },
  };
}

/** ECR says 403 to a password that has expired, and to HEAD not even why. */
async function saysExpired(answer: HttpResponse, method: string, header: string | undefined): Promise<boolean> {
  if (!header?.startsWith('Basic ')) return false;
  return method === 'HEAD' || /token has expired/i.test(await answer.text());
}

/** An answer whose body can be read more than once. */
async function readable(answer: HttpResponse): Promise<HttpResponse> {
  const text = await answer.excerpt(LONGEST_REFUSAL);
  return {
    ...answer,
    stream: Readable.from([text]),
    bytes: async () => Buffer.from(text),
    text: async () => text,
    excerpt: async () => text,
    drop: () => undefined,
  };
}
