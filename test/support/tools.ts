import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Debian packages of the programs that tests may want. */
const packages: Readonly<Record<string, string>> = {
  'docker-registry': 'docker-registry',
  htpasswd: 'apache2-utils',
  skopeo: 'skopeo',
  podman: 'podman',
  dockerd: 'docker.io',
  docker: 'docker.io',
  aws: 'awscli',
  fish: 'fish',
};

const SYSTEM = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

function find(program: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...SYSTEM];
  return folders.map((folder) => join(folder, program)).find((file) => existsSync(file));
}

/** Path of a program: found, or installed as root on Debian; undefined with a line that says what is missing. With `CI=true` a missing one is a failure. */
export function requireTool(program: string): string | undefined {
  const found = find(program) ?? install(program);
  if (found) return found;
  const text = `${program} is missing (Debian package ${packages[program] ?? program}): its tests are skipped`;
  if (process.env.CI === 'true') throw new Error(text);
  console.log(text);
  return undefined;
}

function install(program: string): string | undefined {
  const name = packages[program];
  if (name === undefined || process.getuid?.() !== 0 || !find('apt-get')) return undefined;
  return locked(() => {
    const options = { stdio: 'ignore' as const, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
    const get = (...args: string[]) => spawnSync('apt-get', args, options).status === 0;
    if (!get('install', '--yes', '--no-install-recommends', name)) {
      get('update');
      get('install', '--yes', '--no-install-recommends', name);
    }
    return find(program);
  });
}

/** Test files run side by side, apt alone. */
function locked<Result>(work: () => Result): Result {
  const lock = join(tmpdir(), 'lading-apt.lock');
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch {
      if (existsSync(lock) && Date.now() - statSync(lock).mtimeMs > 600_000)
        rmSync(lock, { recursive: true, force: true });
      execFileSync('sleep', ['1']);
    }
  }
  try {
    return work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}
