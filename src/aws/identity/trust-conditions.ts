import * as v from 'valibot';
import type { Claims } from './claims.js';
import { audiencesOf, claim, issuerName } from './claims.js';

const texts = v.union([v.string(), v.array(v.string())]);
const statementShape = v.looseObject({
  Effect: v.optional(v.string()),
  Principal: v.optional(v.union([v.string(), v.record(v.string(), texts)])),
  Action: v.optional(texts),
  Condition: v.optional(v.record(v.string(), v.record(v.string(), v.unknown()))),
});
// An array is an object, too: it comes first.
const policyShape = v.looseObject({ Statement: v.union([v.array(statementShape), statementShape]) });
type Statement = v.InferOutput<typeof statementShape>;

/**
 * What a trust policy asks for and the token does not say, a sentence each. Of several statements those of the one that is
 * nearest. Empty when one fits, and for a policy that is none.
 */
export function misfits(policy: unknown, claims: Claims): readonly string[] {
  const parsed = v.safeParse(policyShape, policy);
  if (!parsed.success) return [];
  const { Statement: found } = parsed.output;
  const own = (Array.isArray(found) ? found : [found]).filter((one) => isFederated(one));
  if (own.length === 0) return ['its trust policy lets nobody in by sts:AssumeRoleWithWebIdentity'];
  const all = own.map((one) => misfitsOf(one, claims));
  return all.reduce((least, next) => (next.length < least.length ? next : least));
}

function isFederated({ Effect, Action }: Statement): boolean {
  return (
    Effect === 'Allow' &&
    listOf(Action).some((one) => /^(sts:(AssumeRoleWithWebIdentity|\*|AssumeRole\*))$|^\*$/i.test(one))
  );
}

function misfitsOf({ Principal, Condition = {} }: Statement, claims: Claims): readonly string[] {
  const issuer = issuerName(claims) ?? '';
  const federated = typeof Principal === 'object' ? listOf(Principal.Federated) : listOf(Principal);
  const wrong: string[] = [];
  if (!federated.some((one) => one === '*' || one.endsWith(`:oidc-provider/${issuer}`))) {
    wrong.push(`it trusts ${federated.join(', ') || 'no provider'}, and the token is of ${issuer}`);
  }
  for (const [operator, keys] of Object.entries(Condition)) {
    for (const [key, value] of Object.entries(keys)) {
      const name = key.toLowerCase().startsWith(`${issuer.toLowerCase()}:`) ? key.slice(issuer.length + 1) : undefined;
      if (name === undefined) continue;
      const sentence = compare(operator, key, asTexts(value), valuesOf(claims, name));
      if (sentence) wrong.push(sentence);
    }
  }
  return wrong;
}

/** What does not fit, and why; undefined when it does, or when we do not know this operator. */
function compare(
  operator: string,
  key: string,
  wanted: readonly string[],
  said: readonly string[],
): string | undefined {
  const kind = /^(?:ForAnyValue:|ForAllValues:)?(StringEquals|StringLike|StringEqualsIgnoreCase)(?:IfExists)?$/i.exec(
    operator,
  )?.[1];
  if (kind === undefined) return undefined;
  const isLike = kind.toLowerCase() === 'stringlike';
  const ignoresCase = kind.toLowerCase() === 'stringequalsignorecase';
  const fits = (pattern: string, text: string, loose = ignoresCase) =>
    isLike
      ? likeForm(pattern, loose).test(text)
      : loose
        ? pattern.toLowerCase() === text.toLowerCase()
        : pattern === text;
  if (wanted.some((pattern) => said.some((text) => fits(pattern, text)))) return undefined;
  const shown = (list: readonly string[]) => list.map((text) => JSON.stringify(text)).join(' or ') || 'nothing';
  const base = `${operator} ${key} wants ${shown(wanted)}, the token says ${shown(said)}`;
  const any = (test: (pattern: string, text: string) => boolean) =>
    wanted.some((pattern) => said.some((text) => test(pattern, text)));
  if (!isLike && any((pattern, text) => pattern.includes('*') && likeForm(pattern, false).test(text))) {
    return `${base}: with * it must be StringLike`;
  }
  if (any((pattern, text) => fits(pattern, text, true))) return `${base}: capital letters count`;
  return base;
}

/** `*` and `?` of IAM; everything else stands for itself. */
function likeForm(pattern: string, ignoresCase: boolean): RegExp {
  const source = pattern
    .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, ignoresCase ? 'is' : 's');
}

function valuesOf(claims: Claims, name: string): readonly string[] {
  if (name === 'aud') return audiencesOf(claims);
  const value = claim(claims, name);
  return value === undefined ? [] : [value];
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}

function asTexts(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
}
