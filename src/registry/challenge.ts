/** What a registry asks for: https://distribution.github.io/distribution/spec/auth/token/ */
export interface Challenge {
  readonly scheme: 'basic' | 'bearer';
  readonly realm: string | undefined;
  readonly service: string | undefined;
  readonly scope: string | undefined;
}

/** The first challenge of a `WWW-Authenticate` header that we can answer. */
export function parseChallenge(header: string | undefined): Challenge | undefined {
  const start = /(basic|bearer)\s*(.*)$/i.exec(header ?? '');
  if (!start) return undefined;
  const fields = new Map<string, string>();
  for (const [, name = '', quoted, plain] of (start[2] ?? '').matchAll(/([a-z_]+)=(?:"([^"]*)"|([^\s,]+))/gi)) {
    fields.set(name.toLowerCase(), quoted ?? plain ?? '');
  }
  return {
    scheme: (start[1] ?? '').toLowerCase() as Challenge['scheme'],
    realm: fields.get('realm'),
    service: fields.get('service'),
    scope: fields.get('scope'),
  };
}
