/**
 * What a bearer token is asked for, as `repository:team/app:pull,push`, merged: one token serves every request of a
 * run. https://distribution.github.io/distribution/spec/auth/scope/
 */
export type Scopes = ReadonlyMap<string, ReadonlySet<string>>;

/** `resource` is everything before the last colon: names may have a port in them. */
export function mergeScopes(scopes: Scopes, texts: readonly string[]): Scopes {
  const merged = new Map(scopes);
  for (const text of texts.flatMap((one) => one.split(' ')).filter(Boolean)) {
    const [, resource = text, actions = ''] = /^(.+):([^:]*)$/.exec(text) ?? [];
    merged.set(resource, new Set([...(merged.get(resource) ?? []), ...actions.split(',').filter(Boolean)]));
  }
  return merged;
}

export function covers(scopes: Scopes, texts: readonly string[]): boolean {
  return [...mergeScopes(new Map(), texts)].every(([resource, actions]) =>
    [...actions].every((action) => scopes.get(resource)?.has(action)),
  );
}

export function formatScopes(scopes: Scopes): readonly string[] {
  return [...scopes].map(([resource, actions]) => `${resource}:${[...actions].join(',')}`);
}
