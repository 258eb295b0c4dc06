import type { Context, Environment } from '../../base/context.js';
import { LadingError } from '../../base/errors.js';
import type { GitHubIdentity } from '../client/api.js';

export type TokenKind = 'classic' | 'fine-grained' | 'oauth' | 'user' | 'installation' | 'job' | 'unknown';

const prefixes: readonly (readonly [string, TokenKind])[] = [
  ['github_pat_', 'fine-grained'],
  ['ghp_', 'classic'],
  ['gho_', 'oauth'],
  ['ghu_', 'user'],
  // 15368 is the App `github-actions`: the stateless form of a job's token names its App.
  ['ghs_15368_', 'job'],
  ['ghs_', 'installation'],
];

/** What a token's head tells about it; never its length, which GitHub changes. */
export function tokenKind(token: string): TokenKind {
  return prefixes.find(([prefix]) => token.startsWith(prefix))?.[1] ?? 'unknown';
}

const credentialShape = /gh[pousr]_\w{8,}|github_pat_\w{8,}|-----BEGIN|eyJ[\w-]{8,}\.[\w-]{8,}/;

/** Whether a token or a key stands in a text where a name belongs: such a text must not be shown again. */
export function holdsCredential(text: string): boolean {
  return credentialShape.test(text);
}

export interface FoundToken {
  readonly token: string;
  readonly kind: TokenKind;
}

/**
 * The token to write with: the input, else `GH_TOKEN`, else `GITHUB_TOKEN`. Refuses the token that every job has, since
 * GitHub lets it write no secret and no variable, whatever `permissions:` says.
 */
export function findToken(given: string | undefined, env: Environment): FoundToken | undefined {
  const [source, text] = given
    ? ['LADING_GITHUB_TOKEN', given]
    : env['GH_TOKEN']
      ? ['GH_TOKEN', env['GH_TOKEN']]
      : ['GITHUB_TOKEN', env['GITHUB_TOKEN']];
  const token = text?.trim();
  if (!token) return undefined;
  if (/\s/.test(token)) {
    throw new LadingError('input', `${source}: a token has no spaces or line breaks in it`, { code: 'INVALID_TOKEN' });
  }
  const kind = tokenKind(token);
  // Under this name a job's `ghs_` token is the job's own; another App's token has a name of its own.
  const isOfJob = source === 'GITHUB_TOKEN' && kind === 'installation' && env['GITHUB_ACTIONS'] === 'true';
  if (kind === 'job' || isOfJob) throw jobToken(source ?? 'GITHUB_TOKEN');
  return { token, kind };
}

function jobToken(source: string): LadingError {
  return new LadingError(
    'credentials',
    `${source}: this is the GITHUB_TOKEN of the job, and GitHub lets it write neither secrets nor variables; no key under permissions: changes that`,
    {
      code: 'JOB_TOKEN',
      hint: 'Give a GitHub App (--github-app-id and LADING_GITHUB_APP_KEY) or a fine-grained token with Secrets: write (LADING_GITHUB_TOKEN).',
    },
  );
}

/** The error for a run that has neither a token nor an App. */
export function noToken(): LadingError {
  return new LadingError(
    'credentials',
    'no GitHub token: neither an App nor LADING_GITHUB_TOKEN, GH_TOKEN or GITHUB_TOKEN is given',
    {
      code: 'NO_TOKEN',
      hint: 'Give a GitHub App (--github-app-id and LADING_GITHUB_APP_KEY) or a fine-grained token with Secrets: write (LADING_GITHUB_TOKEN).',
    },
  );
}

/** A token that was given to us: the same for all owners, neither renewed nor revoked. */
export function tokenIdentity({ token, kind }: FoundToken, { report }: Pick<Context, 'report'>): GitHubIdentity {
  report({ type: 'mask', value: token });
  return {
    kind,
    token: async () => token,
    renew: () => false,
    close: async () => undefined,
  };
}
