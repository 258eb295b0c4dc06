import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { startDockerEngine } from './docker-engine.js';
import type { DockerRegistry } from './docker-registry.js';
import { requireTool } from './tools.js';

const exec = promisify(execFile);

/** An engine for `--engine`, with a place of its own for all that it keeps. */
export interface TestEngine {
  readonly name: 'docker' | 'buildah';
  /** What `lading` needs to find it. */
  readonly env: Readonly<Record<string, string>>;
  /** What the image prints when it runs, pulled anew from the registry. */
  run(reference: string, registry: DockerRegistry): Promise<string>;
  /** Names and ids of what it holds besides its cache: containers, and images with a name. */
  leftovers(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** The BuildKit of a Docker Engine of our own; undefined when it cannot be had. */
export async function startDocker(): Promise<TestEngine | undefined> {
  const engine = await startDockerEngine();
  const dockerd = requireTool('dockerd');
  if (!engine || !dockerd) return undefined;
  // Its own command line, and not another that somebody put before it.
  const path = `${dirname(dockerd).replace(/sbin$/, 'bin')}:${engine.env.PATH}`;
  const own = { DOCKER_HOST: engine.env.DOCKER_HOST ?? '', PATH: path };
  const docker = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    (await exec('docker', args, { env: { ...process.env, ...own, ...env } })).stdout;
  return {
    name: 'docker',
    env: own,
    async run(reference, registry) {
      await docker(['pull', '--quiet', reference], { DOCKER_CONFIG: registry.config });
      const printed = await docker(['run', '--rm', '--network', 'none', reference]);
      await docker(['image', 'rm', reference]);
      return printed;
    },
    async leftovers() {
      const images = await docker(['image', 'ls', '--format', '{{.Repository}}:{{.Tag}} {{.ID}}']);
      return [...linesOf(images), ...linesOf(await docker(['ps', '--all', '--quiet']))];
    },
    close: () => engine.close(),
  };
}

/** buildah without privileges of a daemon, and podman to run what it made. */
export function startBuildah(work: string): TestEngine | undefined {
  const buildah = requireTool('buildah');
  const podman = requireTool('podman');
  if (!buildah || !podman) return undefined;
  const conf = join(work, 'storage.conf');
  mkdirSync(work, { recursive: true });
  writeFileSync(
    conf,
    `[storage]\ndriver = "vfs"\ngraphroot = "${join(work, 'storage')}"\nrunroot = "${join(work, 'run')}"\n`,
  );
  const own = { CONTAINERS_STORAGE_CONF: conf, BUILDAH_ISOLATION: 'chroot', PATH: process.env.PATH ?? '' };
  const run = async (program: string, ...args: readonly string[]) =>
    (await exec(program, args, { env: { ...process.env, ...own } })).stdout;
  return {
    name: 'buildah',
    env: own,
    async run(reference, registry) {
      const login = ['--tls-verify=false', '--authfile', join(registry.config, 'config.json')];
      await run(podman, 'pull', '--quiet', ...login, reference);
      const limits = ['nofile=1024:1024', 'nproc=1024:1024'].flatMap((limit) => ['--ulimit', limit]);
      return run(podman, '--cgroup-manager', 'cgroupfs', 'run', '--rm', ...limits, '--network', 'host', reference);
    },
    async leftovers() {
      return linesOf(await run(buildah, 'containers', '--quiet'));
    },
    async close() {
      await run(buildah, 'rmi', '--all', '--force').catch(() => undefined);
    },
  };
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}
