import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { requireTool } from './tools.js';

export interface DockerEngine {
  /** For the `docker` command. */
  readonly env: NodeJS.ProcessEnv;
  close(): Promise<void>;
}

/** A Docker Engine of our own, with its own data and socket; undefined when it cannot be had here. Loopback registries need no configuration. */
export async function startDockerEngine(): Promise<DockerEngine | undefined> {
  const dockerd = requireTool('dockerd');
  if (!dockerd || !requireTool('docker')) return undefined;
  if (process.getuid?.() !== 0) {
    console.log('dockerd needs root: its tests are skipped');
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), 'lading-docker-'));
  const host = `unix://${join(folder, 'docker.sock')}`;
  writeFileSync(join(folder, 'daemon.json'), '{}');
  const own = ['config-file=daemon.json', 'data-root=data', 'exec-root=exec', 'pidfile=pid'].map((pair) => {
    const [name, file = ''] = pair.split('=');
    return `--${name}=${join(folder, file)}`;
  });
  const env = { ...process.env, DOCKER_HOST: host, PATH: `${process.env.PATH}:${dirname(dockerd)}` };
  const child = spawn(
    'sh',
    [
      '-c',
      `exec "$0" "$@" > ${join(folder, 'log')} 2>&1`,
      dockerd,
      ...own,
      '-H',
      host,
      '--bridge=none',
      '--iptables=false',
      '--ip6tables=false',
    ],
    { env, stdio: 'ignore' },
  );
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const close = async () => {
    child.kill('SIGTERM');
    await ended;
    // The engine leaves its network namespace mounted.
    spawnSync('umount', [join(folder, 'exec/netns/default')], { stdio: 'ignore' });
    rmSync(folder, { recursive: true, force: true });
  };
  for (let tries = 0; tries < 100; tries++) {
    if (spawnSync('docker', ['version'], { env, stdio: 'ignore' }).status === 0) return { env, close };
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  const log = readFileSync(join(folder, 'log'), 'utf8').split('\n').slice(-5).join('\n');
  await close();
  if (process.env.CI === 'true') throw new Error(`dockerd does not start here:\n${log}`);
  console.log(`dockerd does not start here, its tests are skipped:\n${log}`);
  return undefined;
}
