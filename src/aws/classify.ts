import { isTransientStatus } from '../base/retry.js';

/** What a refusal means, whatever a service calls it. */
export type AwsFailure =
  | 'throttled'
  | 'unavailable'
  | 'expired'
  | 'clock'
  | 'denied'
  | 'unknown-key'
  | 'bad-signature'
  | 'no-credentials'
  | 'not-found'
  | 'exists'
  | 'conflict'
  | 'quota'
  | 'unknown-operation'
  /** The answer is not AWS's: a web page, as of a proxy, or of an emulator that broke. */
  | 'not-aws'
  /** Any other: the input does not please. */
  | 'refused';

/**
 * By the short name of the error, first match wins. By name and not by status: ECS refuses access with HTTP 400.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html,
 * https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html and the services' own lists.
 */
const names: readonly (readonly [AwsFailure, RegExp])[] = [
  [
    'throttled',
    /^(Throttl(ing|ed)(Exception)?|TooManyRequests(Exception|Error)?|RequestLimitExceeded|RequestThrottled(Exception)?|SlowDown|BandwidthLimitExceeded|PriorRequestNotComplete|TransactionInProgressException|EC2ThrottledException|ProvisionedThroughputExceededException)$/,
  ],
  ['expired', /^(ExpiredToken(Exception)?|TokenRefreshRequired)$/],
  ['clock', /^(RequestTimeTooSkewed|RequestExpired|RequestInTheFuture)$/],
  ['unknown-operation', /^(UnknownOperation(Exception)?|InvalidAction|NotImplemented(Exception)?|MethodNotAllowed)$/],
  [
    'denied',
    /^(AccessDenied(Exception|Fault)?|UnauthorizedOperation|UnauthorizedAccess(Exception)?|NotAuthorized(Exception)?|AuthorizationError(Exception)?|Forbidden(Exception)?|OptInRequired|AllAccessDisabled)$/,
  ],
  [
    'unknown-key',
    /^(InvalidClientTokenId|UnrecognizedClient(Exception)?|InvalidAccessKeyId|InvalidToken|AuthFailure)$/,
  ],
  ['bad-signature', /^(InvalidSignature(Exception)?|SignatureDoesNotMatch|IncompleteSignature(Exception)?)$/],
  ['no-credentials', /^(MissingAuthenticationToken(Exception)?|MissingSecurityHeader|Unauthorized(Exception)?)$/],
  [
    'unavailable',
    /^(Internal(Failure|Error|Server(Error|Exception)|Exception|ServiceError|ServiceException)|ServiceUnavailable(Exception|Error)?|ServerException|RequestTimeout(Exception)?|IDPCommunicationError|Unavailable)$/,
  ],
  ['exists', /AlreadyExists|AlreadyOwnedByYou|AlreadyInUse|^Duplicate|\.Duplicate$/],
  ['not-found', /NotFound|^NoSuch|DoesNotExist|NotExist/],
  ['conflict', /Conflict|ConcurrentModification|^ResourceInUse|^OperationAborted$|^UpdateInProgress/],
  ['quota', /LimitExceeded|QuotaExceeded|^TooMany/],
];

export interface RefusalFacts {
  /** HTTP status of the answer. */
  readonly status: number;
  /** Short name of the error; undefined when the answer names none, as those of HEAD. */
  readonly type: string | undefined;
  /** The far side's words. */
  readonly message: string;
}

/** What the refusal means: by its words where they are clearer than its name, by its name, by its status. */
export function classifyRefusal({ status, type, message }: RefusalFacts): AwsFailure {
  const named = type === undefined ? undefined : names.find(([, pattern]) => pattern.test(type))?.[0];
  switch (named) {
    case 'bad-signature':
      return /signature (expired|not yet current)/i.test(message) ? 'clock' : named;
    case 'unknown-key':
      return /token.*\bexpired/i.test(message) ? 'expired' : named;
    case 'denied':
      // What AWS says of an operation that it has never heard of.
      return /unable to determine (service\/)?operation/i.test(message) ? 'unknown-operation' : named;
    case undefined:
      return byStatus(status);
    default:
      return named;
  }
}

function byStatus(status: number): AwsFailure {
  if (status === 429) return 'throttled';
  if (isTransientStatus(status)) return 'unavailable';
  if (status === 401) return 'no-credentials';
  if (status === 403) return 'denied';
  if (status === 404) return 'not-found';
  return 'refused';
}
