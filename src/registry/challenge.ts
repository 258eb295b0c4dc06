/** What a registry asks for: https://distribution.github.io/distribution/spec/auth/token/ */
export interface Challenge {
  readonly scheme: 'basic' | 'bearer';
  readonly realm: string | undefined;
  readonly service: string | undefined;
  readonly scope: string | undefined;
}

/** A scheme, or a parameter of the last one. https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1 */
const PIECE = /[\s,]*([\w!#$%&'*+./^`|~-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]*)))?/y;

/** The first challenge of a `WWW-Authenticate` header that we can answer. */
export function parseChallenge(header: string | undefined): Challenge | undefined {
  const pieces = new RegExp(PIECE);
  let found: { readonly scheme: Challenge['scheme']; readonly fields: Map<string, string> } | undefined;
  for (let piece = pieces.exec(header ?? ''); piece; piece = pieces.exec(header ?? '')) {
    const [, name = '', quoted, plain] = piece;
    const value = quoted?.replace(/\\(.)/g, '$1') ?? plain;
    if (value !== undefined) found?.fields.set(name.toLowerCase(), value);
    else if (found) break;
    else if (/^(basic|bearer)$/i.test(name))
      found = { scheme: name.toLowerCase() as Challenge['scheme'], fields: new Map() };
  }
  if (!found) return undefined;
  const { scheme, fields } = found;
  return { scheme, realm: fields.get('realm'), service: fields.get('service'), scope: fields.get('scope') };
}
