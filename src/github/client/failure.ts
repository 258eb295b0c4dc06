import { HttpError, type ErrorKind, type LadingError } from '../../base/errors.js';

/** An answer of GitHub, read to its end. */
export interface GitHubAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
  /** Parsed JSON; undefined when there was none. */
  readonly body: unknown;
  /** The request was sent on to another address: the repository was renamed or transferred. */
  readonly moved: boolean;
}

/**
 * The error for an answer that we cannot go on with: GitHub's own words, which permission it says is missing, and what
 * to do. `what` is what was attempted, as `write the secret X of acme/shop`.
 */
export function gitHubFailure(what: string, answer: GitHubAnswer, identityKind: string): HttpError {
  const said = wordsOf(answer);
  const sentence = `${what}: GitHub answered ${answer.status}${said === undefined ? '' : `: ${said}`}`;
  const found = classify(answer, said ?? '', identityKind);
  const accepted = answer.headers['x-accepted-github-permissions'];
  return new HttpError(accepted && answer.status === 403 ? `${sentence} (needs ${accepted})` : sentence, {
    ...found,
    status: answer.status,
    details: {
      status: answer.status,
      ...(accepted && { acceptedPermissions: accepted }),
      ...(answer.headers['x-github-request-id'] && { requestId: answer.headers['x-github-request-id'] }),
    },
  });
}

interface Class {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly hint?: string;
}

function classify(answer: GitHubAnswer, said: string, identityKind: string): Class {
  const { status, headers } = answer;
  if (status === 401) {
    return {
      kind: 'credentials',
      code: 'BAD_CREDENTIALS',
      hint: 'Make a new token and check that it is for this host (GITHUB_API_URL) and has not expired.',
    };
  }
  const sso = /url=(\S+)/.exec(headers['x-github-sso'] ?? '')?.[1];
  if (sso)
    return { kind: 'credentials', code: 'SSO_REQUIRED', hint: `Authorize the token for the organization at ${sso}` };
  if (/archived/i.test(said)) {
    return { kind: 'remote', code: 'ARCHIVED', hint: 'Unarchive the repository, or leave it out of --to.' };
  }
  if (status === 403)
    return { kind: 'credentials', code: 'FORBIDDEN', hint: permissionHint(answer, said, identityKind) };
  if (status === 404) {
    return {
      kind: 'remote',
      code: 'NOT_FOUND',
      hint: 'Check the name, and that the token may see it: GitHub hides private places behind the same answer.',
    };
  }
  if (status === 409) return { kind: 'remote', code: 'CONFLICT' };
  if (status === 422) return { kind: 'remote', code: 'REFUSED' };
  return {
    kind: 'remote',
    code: `HTTP_${status}`,
    ...(status >= 500 && { hint: 'Try again; see https://www.githubstatus.com' }),
  };
}

function permissionHint(answer: GitHubAnswer, said: string, identityKind: string): string {
  const accepted = answer.headers['x-accepted-github-permissions'];
  const scopes = answer.headers['x-accepted-oauth-scopes'];
  if (/by integration/.test(said) && identityKind === 'installation') {
    return `The GITHUB_TOKEN of a job can never do this; a token of a GitHub App needs ${accepted ?? 'the permission'}, granted to the App and accepted by the installation. Pass such a token as LADING_GITHUB_TOKEN.`;
  }
  if (accepted)
    return `Grant ${accepted} to the ${identityKind === 'app' ? 'App and accept it in the installation' : 'token'}.`;
  if (scopes) return `Give the token one of the scopes ${scopes}.`;
  return 'Check what the token may do, and that its owner is an administrator there.';
}

/** GitHub's message on one line, with the details of a validation error. */
function wordsOf(answer: GitHubAnswer): string | undefined {
  const body = answer.body as { message?: unknown; errors?: unknown } | undefined;
  if (typeof body?.message !== 'string') return undefined;
  const errors = Array.isArray(body.errors)
    ? body.errors.map((error: unknown) =>
        typeof error === 'string' ? error : (error as { message?: string })?.message,
      )
    : [];
  return [body.message, ...errors.filter(Boolean)].join('; ').replace(/\s*\n\s*/g, ' ');
}

/** Whether the requests after this one would fail in the same way: limits, a dead token, no connection. */
export function isHopeless(error: LadingError): boolean {
  const codes = ['RATE_LIMITED', 'BAD_CREDENTIALS', 'APP_KEY_REFUSED'];
  return codes.includes(error.code) || (error instanceof HttpError && error.status === undefined);
}
