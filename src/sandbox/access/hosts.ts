/** Where a request says that it goes, and which page it comes from. */
export interface Addressed {
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** `Sec-Fetch-Site`, which browsers send even where they send no origin. */
  readonly site: string | undefined;
}

/**
 * Why a request must not be answered; undefined when it may. A web page reaches a server of this computer by a name of
 * its own that leads to 127.0.0.1: then its host is foreign. `names` are further hosts, with or without a port.
 */
export function foreignness(request: Addressed, port: number, names: readonly string[]): string | undefined {
  const { host, origin, site } = request;
  const known = new Set([
    ...['127.0.0.1', 'localhost', '[::1]'].map((name) => (port === 80 ? name : `${name}:${port}`)),
    ...names.map((name) => name.toLowerCase()),
  ]);
  const isKnown = (text: string) => known.has(text) || known.has(text.replace(/:\d+$/, ''));
  if (host === undefined || !isKnown(host.toLowerCase())) return `the host ${JSON.stringify(host ?? '')}`;
  if (origin !== undefined && !isKnown(origin.toLowerCase().replace(/^https?:\/\//, '')))
    return `pages of ${JSON.stringify(origin)}`;
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return `pages of a ${site} address`;
  return undefined;
}
