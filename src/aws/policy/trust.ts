import type { PolicyDocument, PolicyStatement } from './document.js';
import { matches } from './evaluate.js';

/** What an OIDC token says of who holds it, by the names of its claims. */
export type Claims = Readonly<Record<string, string>>;

/** Why a token is not taken. */
export interface Mismatch {
  readonly key: string;
  /** What the policy wants. */
  readonly wants: readonly string[];
  /** What the token has; undefined when it has no such claim. */
  readonly has: string | undefined;
}

/** `unclear`: the policy asks for what is not among the claims, or in a manner that is not known here. */
export type TrustVerdict =
  | { readonly is: 'taken' }
  | { readonly is: 'unclear' }
  /** No statement speaks of the issuer. */
  | { readonly is: 'other-issuer' }
  | { readonly is: 'refused'; readonly mismatches: readonly Mismatch[] };

/**
 * Whether a role's trust takes a token of an OIDC issuer, as `token.actions.githubusercontent.com`. Pure.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function judgeTrust(trust: PolicyDocument, issuer: string, claims: Claims): TrustVerdict {
  const mine = trust.Statement.filter((one) => one.Effect === 'Allow' && federates(one, issuer));
  if (mine.length === 0) return { is: 'other-issuer' };
  const verdicts = mine.map((one) => judgeStatement(one, issuer, claims));
  const taken = verdicts.find(({ is }) => is === 'taken') ?? verdicts.find(({ is }) => is === 'unclear');
  return (
    taken ?? { is: 'refused', mismatches: verdicts.flatMap((one) => (one.is === 'refused' ? one.mismatches : [])) }
  );
}

export function federates({ Principal }: PolicyStatement, issuer: string): boolean {
  return Principal?.Federated?.some((arn) => arn.endsWith(`:oidc-provider/${issuer}`)) ?? false;
}

function judgeStatement({ Condition = {} }: PolicyStatement, issuer: string, claims: Claims): TrustVerdict {
  let unclear = false;
  const mismatches: Mismatch[] = [];
  for (const [operator, keys] of Object.entries(Condition)) {
    for (const [key, wants] of Object.entries(keys)) {
      const claim = key.startsWith(`${issuer}:`) ? key.slice(issuer.length + 1) : undefined;
      const has = claim === undefined ? undefined : claims[claim];
      if (has === undefined) {
        unclear ||= !operator.endsWith('IfExists');
        continue;
      }
      const meets = compare(operator, has, wants);
      if (meets === undefined) unclear = true;
      else if (!meets) mismatches.push({ key, wants, has });
    }
  }
  if (mismatches.length > 0) return { is: 'refused', mismatches };
  return unclear ? { is: 'unclear' } : { is: 'taken' };
}

/** Undefined for operators that are not known here. */
function compare(operator: string, has: string, wants: readonly string[]): boolean | undefined {
  const name = operator.replace(/^ForAnyValue:|^ForAllValues:/, '').replace(/IfExists$/, '');
  switch (name) {
    case 'StringEquals':
      return wants.includes(has);
    case 'StringNotEquals':
      return !wants.includes(has);
    case 'StringEqualsIgnoreCase':
      return wants.some((want) => want.toLowerCase() === has.toLowerCase());
    case 'StringLike':
      return wants.some((want) => matches(want, has));
    case 'StringNotLike':
      return !wants.some((want) => matches(want, has));
    default:
      return undefined;
  }
}
