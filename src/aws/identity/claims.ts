/** What an ID token says, unproven: AWS proves it. */
export type Claims = Readonly<Record<string, unknown>>;

/** The claims of a JWT; undefined for what is none. */
export function readClaims(token: string): Claims | undefined {
  const parts = token.split('.');
  if (parts.length !== 3) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** A claim as text; undefined when it is no text. */
export function claim(claims: Claims, name: string): string | undefined {
  const value = claims[name];
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** Whom the token is for; a token may name several. */
export function audiencesOf(claims: Claims): readonly string[] {
  const { aud } = claims;
  const list: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  return list.filter((one) => typeof one === 'string');
}

/** The issuer as conditions of a trust policy name it: without its scheme. */
export function issuerName(claims: Claims): string | undefined {
  return claim(claims, 'iss')?.replace(/^https?:\/\//, '');
}

/**
 * Both forms in which GitHub may write the subject of this very job, the one of the token first: with names alone, and
 * with the ids of owner and repository, as those have it that were made, renamed or moved after 2026-07-15.
 * https://docs.github.com/actions/reference/security/oidc
 */
export function subjectForms(claims: Claims): readonly string[] {
  const subject = claim(claims, 'sub');
  if (subject === undefined) return [];
  const [, owner = '', ownerId, name = '', nameId, rest = ''] =
    /^repo:([^/@:]+)(?:@(\d+))?\/([^@:]+)(?:@(\d+))?(:.*)$/s.exec(subject) ?? [];
  if (owner === '') return [subject];
  if (ownerId !== undefined && nameId !== undefined) return [subject, `repo:${owner}/${name}${rest}`];
  const [byOwner, byName] = [claim(claims, 'repository_owner_id'), claim(claims, 'repository_id')];
  if (byOwner === undefined || byName === undefined) return [subject];
  return [subject, `repo:${owner}@${byOwner}/${name}@${byName}${rest}`];
}
