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
  buildah: 'buildah',
  busybox: 'busybox-static',
  dockerd: 'docker.io',
  docker: 'docker.io',
  aws: 'awscli',
  zsh: 'zsh',
  fish: 'fish',
};

const SYSTEM = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

export function findTool(program: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...SYSTEM];
  return folders.map((folder) => join(folder, program)).find((file) => existsSync(file));
}

/** Path of a program: found, or installed as root on Debian; undefined with a line that says what is missing. With `CI=true` a missing one is a failure. */
export function requireTool(program: string): string | undefined {
  return findTool(program) ?? install(program) ?? missing(program, `Debian package ${packages[program] ?? program}`);
}

/** A Python 3 that can import `module`, with it installed from its Debian package where that may be; else as {@link requireTool}. */
export function requirePython(module: string, debian: string): string | undefined {
  const found = findPython(`import ${module}`);
  if (found) return found;
  installPackage(debian);
  return findPython(`import ${module}`) ?? missing(`Python's ${module}`, `Debian package ${debian}`);
}

/** The first Python 3 that runs a program without an error. */
export function findPython(program: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin'];
  const pythons = [...new Set(folders.map((folder) => join(folder, 'python3')))].filter((file) => existsSync(file));
  return pythons.find((file) => spawnSync(file, ['-c', program], { stdio: 'ignore' }).status === 0);
}

export function missing(what: string, where: string): undefined {
  const text = `${what} is missing (${where}): its tests are skipped`;
  if (process.env.CI === 'true') throw new Error(text);
  console.log(text);
}

function install(program: string): string | undefined {
  const name = packages[program];
  if (name === undefined) return undefined;
  installPackage(name);
  return findTool(program);
}

export function installPackage(name: string): void {
  if (process.getuid?.() !== 0 || !findTool('apt-get')) return;
  locked(() => {
    const options = { stdio: 'ignore' as const, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
    const get = (...args: string[]) => spawnSync('apt-get', args, options).status === 0;
    if (get('install', '--yes', '--no-install-recommends', name)) return;
    get('update');
    get('install', '--yes', '--no-install-recommends', name);
  });
}

/** Test files run side by side, installers alone. */
export function locked<Result>(work: () => Result): Result {
  const lock = join(tmpdir(), 'lading-install.lock');
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
