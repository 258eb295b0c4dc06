import type { Environment } from '../environment.js';

/**
 * The proxy that the environment names for this URL: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, without those of
 * `NO_PROXY` (`*`, a host with its subdomains, `host:port`), in either case; undefined when there is none.
 * The packages for this read the process's own environment, which a library's caller may not want.
 */
export function proxyFor(url: URL, env: Environment): string | undefined {
  const variable = (name: string) => env[name] || env[name.toUpperCase()] || undefined;
  const scheme = url.protocol.slice(0, -1);
  const proxy = variable(`${scheme}_proxy`) ?? variable('all_proxy');
  if (!proxy || isExempt(url, variable('no_proxy') ?? '')) return undefined;
  return proxy.includes('://') ? proxy : `http://${proxy}`;
}

function isExempt(url: URL, list: string): boolean {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      const [, host = '', onlyPort] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
      if (onlyPort && onlyPort !== port) return false;
      const suffix = host.replace(/^\*?\./, '');
      return url.hostname === suffix || url.hostname.endsWith(`.${suffix}`);
    });
}
