import * as v from 'valibot';
import { errnoOf, HttpError, LadingError, messageOf } from '../base/errors.js';
import { isConnectionFailure, isTransientStatus, retryAfterMs } from '../base/retry.js';

const errorBody = v.looseObject({
  errors: v.array(v.looseObject({ code: v.optional(v.string()), message: v.optional(v.string()) })),
});

export interface Refused {
  /** What was attempted, as `upload sha256:0123…`. */
  readonly what: string;
  /** `host/repository`. */
  readonly target: string;
  readonly status: number;
  readonly body: string;
  readonly retryAfter?: string | undefined;
  /** What was sent along and must not come back in an error, whole or in pieces. */
  readonly secrets?: readonly string[];
}

/** An answer of a registry that ends the attempt; `retryAfter` says how long it asked to wait. */
export class RegistryError extends HttpError {
  readonly retryAfter: string | undefined;

  constructor(
    message: string,
    options: ConstructorParameters<typeof HttpError>[1] & { readonly retryAfter?: string | undefined },
  ) {
    super(message, options);
    this.retryAfter = options.retryAfter;
  }
}

/** https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#error-codes, and ECR's own words. */
export function explainRefused(refused: Refused): RegistryError {
  const { status, target } = refused;
  const body = withoutSecrets(refused.body, refused.secrets ?? []);
  const first = firstError(body);
  const words = oneLine(first.message ?? first.code ?? body) || `HTTP ${status}`;
  const code = codeOf(status, first.code, words);
  return new RegistryError(
    `${refused.what} at ${target}: ${words}${words.includes(String(status)) ? '' : ` (HTTP ${status})`}`,
    {
      kind: code === 'UNAUTHORIZED' || code === 'DENIED' ? 'credentials' : 'remote',
      code,
      status,
      hint: hintOf(code, target),
      retryAfter: refused.retryAfter,
    },
  );
}

/** Control characters command a terminal, and a page of HTML says no more than its beginning. */
function oneLine(text: string): string {
  return text
    .replace(/[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, 400);
}

/** Before anything is cut, which would leave pieces that no mask fits: every run of a secret's own characters. */
function withoutSecrets(body: string, secrets: readonly string[]): string {
  const whole = secrets
    .filter(({ length }) => length >= 4)
    .reduce((text, secret) => text.replaceAll(secret, '***'), body);
  return whole
    .replace(/\b(Basic|Bearer)\s+[\w+/=.~-]{8,}/gi, '$1 ***')
    .replace(/[\w+/=.~-]{8,}/g, (run) => (secrets.some((secret) => secret.includes(run)) ? '***' : run));
}

function firstError(body: string): { code?: string | undefined; message?: string | undefined } {
  try {
    const parsed = v.safeParse(errorBody, JSON.parse(body));
    return (parsed.success && parsed.output.errors[0]) || {};
  } catch {
    return {};
  }
}

function codeOf(status: number, code: string | undefined, words: string): string {
  if (/immutable/i.test(words)) return 'TAG_IMMUTABLE';
  if (/LAYERS?_?NOT_?FOUND|MANIFEST_BLOB_UNKNOWN|REFERENCED_?IMAGES_?NOT_?FOUND/i.test(`${code} ${words}`))
    return 'MANIFEST_BLOB_UNKNOWN';
  if (code === 'BLOB_UNKNOWN' && status === 400) return 'MANIFEST_BLOB_UNKNOWN';
  if (/no basic auth credentials|token has expired/i.test(words) || status === 401) return 'UNAUTHORIZED';
  if (status === 403) return 'DENIED';
  if (code === 'NAME_UNKNOWN' || /repository .* does not exist/i.test(words)) return 'NAME_UNKNOWN';
  if (status === 429) return 'TOOMANYREQUESTS';
  return code ?? 'REGISTRY_REFUSED';
}

function hintOf(code: string, target: string): string | undefined {
  switch (code) {
    case 'UNAUTHORIZED':
      return `Log in to ${target.split('/')[0]}, or check the credentials in use.`;
    case 'DENIED':
      return 'Allow ecr:BatchCheckLayerAvailability, InitiateLayerUpload, UploadLayerPart, CompleteLayerUpload and PutImage on the repository, or the like where the registry is another.';
    case 'NAME_UNKNOWN':
      return `Create the repository ${target} first, or allow creation on push.`;
    case 'TOOMANYREQUESTS':
      return 'Try again in a minute: the registry limits the rate.';
    default:
      return undefined;
  }
}

/** What another attempt may not meet: the connection, 408, 429, 5xx. A number is the milliseconds that were asked for. */
export function isPassing(error: unknown, now: number): boolean | number {
  if (error instanceof RegistryError) {
    if (!isTransientStatus(error.status ?? 0)) return false;
    return retryAfterMs(error.retryAfter, now) ?? true;
  }
  return isConnectionFailure(error);
}

/** A far side that cannot be reached at all. */
export function explainUnreachable(error: unknown, host: string, scheme: 'http' | 'https'): unknown {
  const errno = errnoOf(error);
  if (!(error instanceof HttpError) || error.hint !== undefined || errno === undefined) return error;
  const hint = unreachableHint(errno, host, scheme);
  if (hint === undefined) return error;
  return new HttpError(error.message, { code: error.code, hint, cause: error });
}

function unreachableHint(errno: string, host: string, scheme: 'http' | 'https'): string | undefined {
  if (/^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/.test(errno))
    return `Check the name of the registry ${host}, and that this computer reaches it.`;
  if (scheme === 'https' && /^(EPROTO|ERR_SSL_WRONG_VERSION_NUMBER)$/.test(errno))
    return `Add --insecure-registry ${host} if the registry speaks without TLS.`;
  return undefined;
}

/** ECR cuts the connection instead of saying that the repository does not exist (dotnet/sdk-container-builds#279). */
export function explainCut(error: unknown, target: string): unknown {
  const errno = errnoOf(error);
  if (errno !== 'ECONNRESET' && errno !== 'EPIPE') return error;
  if (error instanceof LadingError && error.hint) return error;
  return new HttpError(`upload to ${target}: the connection was cut each time (${messageOf(error)})`, {
    code: 'UPLOAD_CUT',
    hint: `Check that the repository ${target} exists: ECR cuts the connection when it does not.`,
    cause: error,
  });
}
