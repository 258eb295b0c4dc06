import type { Finding } from '../finding.js';
import { wrong } from '../finding.js';

/** One value that a trust policy asks of a claim. */
export interface TrustValue {
  readonly claim: 'aud' | 'sub';
  /** Undefined when it is not known. */
  readonly operator: string | undefined;
  readonly text: string;
}

/**
 * What is wrong with it by itself, whatever the token: too wide, or of a form that no token has. Pure.
 * https://docs.github.com/actions/reference/security/oidc
 */
export function lintTrustValue({ claim, operator, text }: TrustValue): readonly Finding[] {
  if (operator?.startsWith('ForAllValues')) {
    return [
      wrong('trust/for-all', `ForAllValues is true for a token without the claim ${claim}`, {
        fix: 'Use StringEquals.',
      }),
    ];
  }
  if (claim === 'aud') {
    if (!operator?.includes('Like')) return [];
    return [
      wrong('trust/audience', 'the audience is compared by StringLike', {
        fix: 'Compare aud by StringEquals with sts.amazonaws.com.',
      }),
    ];
  }
  const named = /^repo:([^:]*)(?::(.*))?$/s.exec(text);
  if (!named) return /^[*?]+$/.test(text) ? [wide(text, 'every repository of GitHub')] : [];
  const [, repository = '', rest = ''] = named;
  const [owner = '', name = ''] = repository.split('/');
  if (/[*?]/.test(owner)) return [wide(text, 'repositories of other owners')];
  if (name === '' || /^[*?]+$/.test(name)) return [wide(text, `every repository of ${owner}`)];
  if (rest === '' || /^[*?]+$/.test(rest)) return [wide(text, 'every branch, tag, pull request and environment')];
  return [];
}

function wide(text: string, who: string): Finding {
  const isOld = !text.includes('@');
  const never = isOld ? ', and never a repository that was made after July 2026' : '';
  return wrong('trust/wide', `the trust lets in ${who}${never}: ${text}`, {
    fix: 'Name the environment or the branch, as repo:OWNER@ID/REPO@ID:environment:production, by StringEquals.',
  });
}
