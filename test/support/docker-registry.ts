import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/sandbox/port.js';
import { requireTool } from './tools.js';

export interface DockerRegistry {
  readonly host: string;
  /** A Docker configuration folder with the login. */
  readonly config: string;
  /** Lines of the access log so far, as `PUT /v2/…`. */
  requests(): readonly string[];
  close(): void;
}

/** Docker's own registry from Debian with a password; undefined when it cannot be had. `believes` is the address that it takes for its own. */
export async function startDockerRegistry(
  options: { readonly believes?: (host: string) => string } = {},
): Promise<DockerRegistry | undefined> {
  const program = requireTool('docker-registry');
  const htpasswd = requireTool('htpasswd');
  if (!program || !htpasswd) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'lading-registry-'));
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  writeFileSync(join(folder, 'htpasswd'), execFileSync(htpasswd, ['-Bbn', '-C', '5', 'AWS', 'secret']));
  const lines = [
    'version: 0.1',
    'log: { level: error, accesslog: { disabled: false } }',
    `storage: { filesystem: { rootdirectory: ${join(folder, 'data')}, maxthreads: 100 }, delete: { enabled: true } }`,
    `http: { addr: "${host}", secret: any${options.believes ? `, host: "${options.believes(host)}"` : ''} }`,
    `auth: { htpasswd: { realm: test, path: ${join(folder, 'htpasswd')} } }`,
  ];
  writeFileSync(join(folder, 'config.yml'), `${lines.join('\n')}\n`);
  writeFileSync(
    join(folder, 'config.json'),
    JSON.stringify({ auths: { [host]: { auth: Buffer.from('AWS:secret').toString('base64') } } }),
  );
  const log = join(folder, 'access.log');
  const child = spawn('sh', ['-c', 'exec "$0" serve config.yml > access.log 2>&1', program], {
    cwd: folder,
    stdio: 'ignore',
  });
  for (let tries = 0; ; tries++) {
    const answer = await fetch(`http://${host}/v2/`).catch(() => undefined);
    if (answer?.status === 401) break;
    if (tries > 100) throw new Error(`docker-registry does not answer: ${readFileSync(log, 'utf8')}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    host,
    config: folder,
    requests: () =>
      [...readFileSync(log, 'utf8').matchAll(/"(GET|HEAD|POST|PUT|PATCH|DELETE) (\S+) HTTP/g)].map(
        (match) => `${match[1]} ${match[2]}`,
      ),
    close() {
      child.kill('SIGTERM');
      // It may be writing yet.
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}
