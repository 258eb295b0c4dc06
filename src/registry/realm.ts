import { isLoopback } from '../base/http/http.js';

/** Registries whose token service has another host. Who owns the one owns the other. */
const pairs: readonly (readonly [registry: RegExp, realm: RegExp])[] = [
  [/^(registry-1|index|registry)\.docker\.io$/, /^auth\.docker\.io$/],
  [/^registry\.gitlab\.com$/, /^gitlab\.com$/],
  [/^registry\.(redhat\.io|connect\.redhat\.com|access\.redhat\.com)$/, /^(sso\.redhat\.com|registry\.redhat\.io)$/],
  [/^registry\.digitalocean\.com$/, /^api\.digitalocean\.com$/],
  [/^docker\.elastic\.co$/, /^docker-auth\.elastic\.co$/],
  [/^rg\.[a-z]{2}-[a-z]{3}\.scw\.cloud$/, /^api\.scaleway\.com$/],
  [/\.aliyuncs\.com$/, /^dockerauth(-[a-z]+)?(\.[a-z0-9-]+)?\.aliyuncs\.com$/],
];

/** Whether what is said to the token service stays as safe as what is said to the registry: TLS is never left. */
export function isSpokenTo(registry: URL, realm: URL): boolean {
  if (realm.protocol === 'https:') return true;
  return realm.protocol === 'http:' && registry.protocol === 'http:' && sameComputer(registry, realm);
}

/**
 * Whether the token service may get the login of the registry: it is the registry's own host, or one that is known to
 * belong to it. ghcr.io, quay.io, Azure and Google have theirs on their own hosts.
 */
export function mayHaveLogin(registry: URL, realm: URL): boolean {
  if (!isSpokenTo(registry, realm)) return false;
  // A certificate is for a host, whatever the port: GitLab's registry has one port, GitLab itself another.
  if (sameComputer(registry, realm)) return true;
  return realm.port === '' && pairs.some(([one, other]) => one.test(registry.host) && other.test(realm.host));
}

function sameComputer(one: URL, other: URL): boolean {
  return one.hostname === other.hostname || (isLoopback(one.hostname) && isLoopback(other.hostname));
}
