import { HttpError } from '../base/errors.js';
import { isConnectionFailure, isTransientStatus } from '../base/retry.js';

/** An AWS API refused. `type` is the short name of the error, as `AccessDeniedException`. */
export class AwsError extends HttpError {
  readonly type: string;

  constructor(type: string, message: string, options: ConstructorParameters<typeof HttpError>[1]) {
    super(message, options);
    this.type = type;
  }
}

const credentialTypes =
  /^(AccessDenied(Exception)?|UnauthorizedOperation|InvalidClientTokenId|UnrecognizedClientException|InvalidSignatureException|SignatureDoesNotMatch|ExpiredToken(Exception)?|MissingAuthenticationToken(Exception)?|IncompleteSignature|NotAuthorized|AuthFailure|OptInRequired)$/;
const throttleTypes =
  /^(Throttling|ThrottlingException|ThrottledException|TooManyRequestsException|RequestLimitExceeded|RequestThrottled(Exception)?|SlowDown|BandwidthLimitExceeded|LimitExceededException|PriorRequestNotComplete|TransactionInProgressException)$/;
const skewTypes = /^(RequestTimeTooSkewed|RequestExpired|RequestInTheFuture)$/;

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html; by type: ECS refuses access with HTTP 400. */
export function isThrottle(type: string): boolean {
  return throttleTypes.test(type);
}

export function isClockSkew(type: string): boolean {
  return skewTypes.test(type);
}

/** True when the same call may go well in a moment. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof AwsError)) return isConnectionFailure(error);
  return error.kind !== 'credentials' && (isThrottle(error.type) || isTransientStatus(error.status ?? 0));
}

export interface Refusal {
  readonly service: string;
  readonly operation: string;
  readonly region: string;
  readonly status: number;
  /** As the service sent it: `com.amazonaws.ecs#AccessDeniedException`, `ClientException:http://…`. */
  readonly type: string | undefined;
  readonly message: string | undefined;
  readonly requestId?: string | undefined;
}

export function explainRefusal(refusal: Refusal): AwsError {
  const { service, operation, region, status } = refusal;
  const type = shortType(refusal.type) ?? `HTTP ${status}`;
  const words = refusal.message?.trim() || 'no reason given';
  const isCredential = credentialTypes.test(type) || status === 401;
  return new AwsError(type, `${service} ${operation} in ${region}: ${type}: ${words}`, {
    kind: isCredential ? 'credentials' : 'remote',
    code: 'AWS_REFUSED',
    status,
    hint: hintFor(type, service, operation),
    details: { service, operation, region, type, requestId: refusal.requestId },
  });
}

function shortType(type: string | undefined): string | undefined {
  return type?.replace(/^.*#/, '').replace(/:.*$/, '') || undefined;
}

function hintFor(type: string, service: string, operation: string): string | undefined {
  if (/^AccessDenied|^Unauthorized|^NotAuthorized/.test(type)) {
    return `Allow ${service}:${operation} to the role in use.`;
  }
  if (/^ExpiredToken/.test(type)) return 'Get new credentials: these have expired.';
  if (/^(InvalidClientTokenId|UnrecognizedClient)/.test(type)) return 'Check the access key: AWS does not know it.';
  if (/^(InvalidSignature|SignatureDoesNotMatch)/.test(type))
    return 'Check the secret key and the clock of this machine.';
  return undefined;
}
