import * as v from 'valibot';
import { errnoOf, HttpError, LadingError, messageOf } from '../base/errors.js';
import { oneLine } from '../base/tell/printable.js';
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
  const words = beginning(first.message ?? first.code ?? body) || `HTTP ${status}`;
  const code = codeOf(status, first.code, words);
  return new RegistryError(
    `${refused.what} at ${target}: ${words}${words.includes(String(status)) ? '' : ` (HTTP ${status})`}`,
    {
      kind: loginCodes.has(code) ? 'credentials' : 'remote',
      code,
      status,
      hint: hints[code]?.(target),
      retryAfter: refused.retryAfter,
    },
  );
}

/** A page of HTML says no more than its beginning. */
function beginning(text: string): string {
  return oneLine(text).replace(/\s+/g, ' ').trim().slice(0, 400);
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

/** Our own names for what every registry says in words of its own; else its code when it looks like one. */
function codeOf(status: number, told: string | undefined, words: string): string {
  const code = told !== undefined && /^[A-Z][A-Z_]{2,40}$/.test(told) ? told : undefined;
  if (status < 500 && /immutable/i.test(words)) return 'TAG_IMMUTABLE';
  if (/LAYERS?_?NOT_?FOUND|MANIFEST_BLOB_UNKNOWN|REFERENCED_?IMAGES_?NOT_?FOUND/i.test(`${told} ${words}`))
    return 'MANIFEST_BLOB_UNKNOWN';
  if (code === 'BLOB_UNKNOWN' && status === 400) return 'MANIFEST_BLOB_UNKNOWN';
  if (/no basic auth credentials|token has expired/i.test(words)) return 'UNAUTHORIZED';
  const own = statusCodes[status];
  if (own !== undefined) return own;
  if (code === 'NAME_UNKNOWN' || /repository .* does not exist/i.test(words)) return 'NAME_UNKNOWN';
  if (status >= 300 && status < 400) return 'REDIRECTED';
  if (status >= 500) return 'UNAVAILABLE';
  return code ?? 'REGISTRY_REFUSED';
}

/** What a status says whatever the body does. */
const statusCodes: Readonly<Record<number, string>> = {
  401: 'UNAUTHORIZED',
  403: 'DENIED',
  405: 'UNSUPPORTED',
  407: 'PROXY_LOGIN',
  413: 'TOO_LARGE',
  429: 'TOOMANYREQUESTS',
};

const hints: Readonly<Record<string, (target: string) => string>> = {
  UNAUTHORIZED: (target) => `Log in to ${target.split('/')[0]}, or check the credentials in use.`,
  DENIED: () =>
    'Allow ecr:BatchCheckLayerAvailability, InitiateLayerUpload, UploadLayerPart, CompleteLayerUpload and PutImage on the repository, or the like where the registry is another.',
  PROXY_LOGIN: () => 'Put the name and the password of the proxy into HTTPS_PROXY.',
  NAME_UNKNOWN: (target) => `Create the repository ${target} first, or allow creation on push.`,
  NAME_INVALID: () => 'Choose a repository name that this registry takes: some want two parts, as team/app.',
  TOOMANYREQUESTS: () => 'Try again in a minute: the registry limits the rate.',
  TOO_LARGE: () => 'Let the registry, or the proxy before it, take larger bodies (client_max_body_size of nginx).',
  UNAVAILABLE: (target) => `Try again later: ${target.split('/')[0]} has trouble of its own.`,
  UNSUPPORTED: (target) =>
    `Check that ${target.split('/')[0]} is a registry, and that it takes this kind of manifest (indexes, artifacts, zstd).`,
  MANIFEST_INVALID: (target) =>
    `Check which kinds of manifest ${target.split('/')[0]} takes (indexes, artifacts, zstd).`,
  REDIRECTED: (target) => `Name the registry by the address that ${target.split('/')[0]} sends to.`,
  DIGEST_INVALID: () => 'Try again: what arrived is not what was sent.',
  BLOB_UPLOAD_UNKNOWN: () => 'Try again: the registry lost the upload. Several of it must share their state.',
  BLOB_UPLOAD_INVALID: () => 'Try again: the registry lost the upload. Several of it must share their state.',
};

const loginCodes = new Set(['UNAUTHORIZED', 'DENIED', 'PROXY_LOGIN']);

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
  if (!(error instanceof HttpError) || error.hint !== undefined) return error;
  const hint = unreachableHint(socketCodeOf(error) ?? '', host, scheme);
  if (hint === undefined) return error;
  return new HttpError(error.message, { code: error.code, hint, cause: error });
}

/** Node's code of what went wrong with the socket; those of TLS have no common form. */
function socketCodeOf(error: HttpError): string | undefined {
  const { code } = (error.cause ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' ? code : errnoOf(error);
}

function unreachableHint(code: string, host: string, scheme: 'http' | 'https'): string | undefined {
  if (/^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/.test(code))
    return `Check the name of the registry ${host}, and that this computer reaches it.`;
  if (scheme === 'https' && /^(EPROTO|ERR_SSL_WRONG_VERSION_NUMBER)$/.test(code))
    return `Add --insecure-registry ${host} if the registry speaks without TLS.`;
  if (/SELF_SIGNED_CERT|UNABLE_TO_(GET_ISSUER|VERIFY)/.test(code))
    return `Name the certificate authority of ${host} to Node: NODE_EXTRA_CA_CERTS=FILE.`;
  if (/^(CERT_|ERR_TLS_CERT)/.test(code)) return `Mend the certificate of ${host}.`;
  // A registry with TLS hangs up on who speaks without, or answers nonsense.
  if (scheme === 'http' && code.startsWith('HPE_')) return `Check that a registry without TLS listens at ${host}.`;
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
