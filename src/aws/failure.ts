import { HttpError } from '../base/errors.js';
import { isConnectionFailure } from '../base/retry.js';
import type { AwsFailure } from './classify.js';
import { classifyRefusal } from './classify.js';
import type { Denial } from './denial.js';
import { parseDenial } from './denial.js';
import type { AwsServiceName } from './services.js';
import { serviceOf } from './services.js';

/** An AWS API refused. */
export class AwsError extends HttpError {
  /** Short name as the service sent it: `AccessDeniedException`; `HTTP 503` when it sent none. */
  readonly type: string;
  readonly failure: AwsFailure;
  readonly requestId: string | undefined;
  /** Who may not do what; only of `denied`. */
  readonly denial: Denial | undefined;

  constructor(
    facts: {
      readonly type: string;
      readonly failure: AwsFailure;
      readonly requestId?: string | undefined;
      readonly denial?: Denial | undefined;
    },
    message: string,
    options: ConstructorParameters<typeof HttpError>[1],
  ) {
    super(message, options);
    this.type = facts.type;
    this.failure = facts.failure;
    this.requestId = facts.requestId;
    this.denial = facts.denial;
  }
}

/** True when the same call may go well in a moment: throttling, a fault of the service, a broken connection. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof AwsError)) return isConnectionFailure(error);
  return error.failure === 'throttled' || error.failure === 'unavailable';
}

/** True when the API refused in this manner. */
export function isAwsFailure(error: unknown, ...failures: readonly AwsFailure[]): error is AwsError {
  return error instanceof AwsError && failures.includes(error.failure);
}

/** What a service answered instead of a result. */
export interface Refusal {
  readonly service: AwsServiceName;
  readonly operation: string;
  readonly region: string;
  readonly endpoint: string;
  readonly status: number;
  /** As the service sent it: `com.amazonaws.ecs#AccessDeniedException`, `ClientException:http://…`. */
  readonly type: string | undefined;
  readonly message: string | undefined;
  readonly requestId?: string | undefined;
  /** Where a bucket is, when it is not here. */
  readonly bucketRegion?: string | undefined;
  /** What a person does when the credentials in use have expired. */
  readonly renewal?: string | undefined;
}

export function explainRefusal(refusal: Refusal): AwsError {
  const { service, operation, region, status, requestId, bucketRegion } = refusal;
  const sent = shortType(refusal.type);
  const type = sent ?? `HTTP ${status}`;
  const words = refusal.message?.trim().replace(/\s+/g, ' ') || 'no reason given';
  const failure = classifyRefusal({ status, type: sent, message: words });
  const denial = failure === 'denied' ? parseDenial(words) : undefined;
  return new AwsError({ type, failure, requestId, denial }, `${service} ${operation} in ${region}: ${type}: ${words}`, {
    kind: isOfCredentials(failure) ? 'credentials' : 'remote',
    code: codes[failure],
    status,
    hint: hintFor(failure, refusal, denial),
    details: { service, operation, region, type, requestId, ...dropUndefined({ ...denial, bucketRegion }) },
  });
}

/** An answer that no AWS API gives: HTML, or anything else that is not of the protocol. */
export function explainStranger(
  refusal: Omit<Refusal, 'type' | 'message'> & { readonly isPage: boolean; readonly words: string | undefined },
): AwsError {
  const { service, operation, region, endpoint, status, isPage, words, requestId } = refusal;
  const { host } = new URL(endpoint);
  // A gateway on the way says so when what is behind it does not answer: that may pass.
  const failure = [502, 503, 504].includes(status) ? 'unavailable' : 'not-aws';
  const what = `${isPage ? 'a web page' : 'a text that is not of its protocol'}${words ? `, “${words}”` : ''}`;
  return new AwsError(
    { type: `HTTP ${status}`, failure, requestId },
    `${service} ${operation} in ${region}: ${host} answers with HTTP ${status} and ${what}`,
    {
      code: codes[failure],
      status,
      hint: `Check AWS_ENDPOINT_URL and the proxy: ${host} is no API of AWS, or an emulator without ${operation}.`,
      details: { service, operation, region, endpoint, status },
    },
  );
}

function shortType(type: string | undefined): string | undefined {
  return type?.replace(/^.*#/, '').replace(/:.*$/, '').trim() || undefined;
}

function isOfCredentials(failure: AwsFailure): boolean {
  return ['expired', 'clock', 'denied', 'unknown-key', 'bad-signature', 'no-credentials'].includes(failure);
}

const codes: Readonly<Record<AwsFailure, string>> = {
  throttled: 'THROTTLED',
  unavailable: 'UNAVAILABLE',
  expired: 'EXPIRED_TOKEN',
  clock: 'CLOCK_SKEW',
  denied: 'ACCESS_DENIED',
  'unknown-key': 'UNKNOWN_KEY',
  'bad-signature': 'BAD_SIGNATURE',
  'no-credentials': 'NO_CREDENTIALS',
  'not-found': 'NOT_FOUND',
  exists: 'ALREADY_EXISTS',
  conflict: 'CONFLICT',
  quota: 'QUOTA_EXCEEDED',
  'unknown-operation': 'UNKNOWN_OPERATION',
  'not-aws': 'NOT_AWS',
  refused: 'AWS_REFUSED',
};

function hintFor(failure: AwsFailure, refusal: Refusal, denial: Denial | undefined): string | undefined {
  const { service, operation, region, bucketRegion } = refusal;
  switch (failure) {
    case 'denied': {
      const action =
        denial?.action ?? `${serviceOf(service).policyPrefix ?? serviceOf(service).signingName}:${operation}`;
      if (denial?.deniedBy)
        return `Ask who owns the ${denial.deniedBy} that denies ${action}: no other policy lifts it.`;
      const on = denial?.resource && denial.resource !== '*' ? ` on ${denial.resource}` : '';
      return `Allow ${action}${on} to ${denial?.principal ?? 'the role in use'}.`;
    }
    case 'expired':
      return refusal.renewal ?? 'Get new credentials: these have expired.';
    case 'clock':
      return 'Set the clock of this machine; when it is right, get new credentials: these have expired.';
    case 'unknown-key':
      return `Check the access key: AWS does not know it, or ${region} is not enabled in its account.`;
    case 'bad-signature':
      return 'Check the secret key and the clock of this machine.';
    case 'quota':
      return 'Remove what is not needed, or ask AWS for a higher quota.';
    case 'unknown-operation':
      return `Check region and endpoint: the API of ${service} there does not know ${operation}.`;
    default:
      return bucketRegion && bucketRegion !== region ? `Use region ${bucketRegion}: the bucket is there.` : undefined;
  }
}

function dropUndefined(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
