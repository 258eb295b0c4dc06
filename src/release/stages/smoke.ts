import type { Context } from '../../base/context.js';
import { formatDuration } from '../../base/duration.js';
import { LadingError, messageOf } from '../../base/errors.js';
import { oneLine } from '../../base/tell/printable.js';
import { withTask } from '../../base/tell/report.js';
import type { Smoke } from '../release.js';

/** The address answered as it should. */
export interface Served {
  readonly url: string;
  readonly status: number;
  /** From the first time that it was asked. */
  readonly ms: number;
}

/** What an address said, or why it said nothing. */
export type Answer =
  | {
      readonly is: 'answer';
      readonly status: number;
      /** First line of the body: untrusted, but printable. */
      readonly line: string;
      readonly location: string | undefined;
    }
  | { readonly is: 'silence'; readonly why: string };

type AskContext = Pick<Context, 'http' | 'clock' | 'report' | 'signal'>;

/** Longest silence of one question, in milliseconds. */
const SILENCE_MS = 10_000;
const LEAST_MS = 1000;
const FIRST_PAUSE_MS = 500;
const PAUSE_MS = 2000;
/** As much of a body is read, and as much of its line is shown. */
const READ = 4096;
const SHOWN = 200;

/**
 * Asks until the status comes; when it does not come in time, throws an error with the last answer. Redirects are answers
 * like any other: none is followed.
 */
export async function askUntilServed(smoke: Smoke, context: AskContext): Promise<Served> {
  const { url, status, timeoutMs } = smoke;
  const { clock, signal } = context;
  return withTask(context, `Ask ${url}`, async (task) => {
    const began = clock.now();
    const deadline = began + timeoutMs;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(PAUSE_MS, pause * 1.5)) {
      const answer = await askOnce(url, Math.max(LEAST_MS, Math.min(SILENCE_MS, deadline - clock.now())), context);
      task.detail(answerText(answer));
      if (answer.is === 'answer' && answer.status === status) return { url, status, ms: clock.now() - began };
      const left = deadline - clock.now();
      if (left <= 0) throw smokeFailure(smoke, answer);
      await clock.sleep(Math.min(pause, left), signal);
    }
  });
}

async function askOnce(url: string, idleTimeoutMs: number, { http, signal }: AskContext): Promise<Answer> {
  // A connection of its own each time: one that was kept would ask the task that is being drained.
  const headers = { 'user-agent': 'lading', accept: '*/*', 'cache-control': 'no-cache', connection: 'close' };
  try {
    const answer = await http(url, { headers, signal, idleTimeoutMs });
    const body = await answer.excerpt(READ).catch((error: unknown) => {
      if (signal.aborted) throw error;
      return '';
    });
    const line = body.split('\n').find((text) => oneLine(text).trim() !== '') ?? '';
    return {
      is: 'answer',
      status: answer.status,
      line: oneLine(line).trim().slice(0, SHOWN),
      location: answer.headers.location === undefined ? undefined : oneLine(answer.headers.location).slice(0, SHOWN),
    };
  } catch (error) {
    if (error instanceof LadingError && error.kind === 'cancelled') throw error;
    return { is: 'silence', why: messageOf(error) };
  }
}

export const SMOKE_FAILED = 'SMOKE_FAILED';

/** `502 Bad Gateway`, `301 to https://…`, `nothing: connect ECONNREFUSED`. */
export function answerText(answer: Answer): string {
  if (answer.is === 'silence') return `nothing: ${answer.why}`;
  const { status, line, location } = answer;
  if (location !== undefined && isRedirect(status)) return `${status} to ${location}`;
  return line === '' ? String(status) : `${status} “${line}”`;
}

export function smokeFailure(smoke: Smoke, last: Answer): LadingError {
  const { url, status, timeoutMs } = smoke;
  const message = `${url} answers ${answerText(last)}, and not ${status} within ${formatDuration(timeoutMs)}`;
  return new LadingError('deploy-failed', message, {
    code: SMOKE_FAILED,
    hint: adviceFor(last),
    details: { url, expected: status, ...(last.is === 'answer' ? { status: last.status, line: last.line } : last) },
  });
}

function adviceFor(last: Answer): string {
  if (last.is === 'silence') {
    if (/certificate|self.signed|altname/i.test(last.why)) return 'Check the certificate of the address.';
    return 'Check that this machine may reach the address: its name, the load balancer, security groups.';
  }
  if (isRedirect(last.status)) return `Ask the address that it leads to, or for status ${last.status}.`;
  if (last.status === 404) return 'Check the path of the address.';
  if (last.status === 502 || last.status === 503 || last.status === 504)
    return 'The load balancer has no task that answers: look at the health checks of its target group.';
  return 'Look at the log lines of the service.';
}

function isRedirect(status: number): boolean {
  return status >= 300 && status < 400 && status !== 304;
}
