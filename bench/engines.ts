import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DockerEngine } from '../test/support/docker-engine.js';
import type { Apps } from './apps.js';
import { BASE } from './apps.js';
import { run } from './measure.js';
import type { Peer, Place } from './peers.js';
import { findProgram } from './peers.js';

const ENVIRONMENT = ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'];

export interface DockerWay {
  /** The client: one that can talk to BuildKit when there is one. */
  readonly program: string;
  readonly env: NodeJS.ProcessEnv;
  readonly builder: 'BuildKit' | 'classic builder';
  readonly daemon: number;
  readonly version: string;
}

/** How this engine builds best, with the base image in it. */
export async function prepareDocker(engine: DockerEngine, apps: Apps, folder: string): Promise<DockerWay> {
  const socket = (engine.env.DOCKER_HOST ?? '').replace('unix://', '');
  const daemon = Number(readFileSync(join(dirname(socket), 'pid'), 'utf8'));
  const clients = [...new Set([findProgram('docker'), '/usr/bin/docker'])].filter((file) => file !== undefined);
  const context = join(folder, 'probe');
  mkdirSync(context, { recursive: true });
  writeFileSync(join(context, 'Dockerfile'), 'FROM scratch\nCOPY Dockerfile /\n');
  for (const buildkit of ['1', '0']) {
    for (const program of clients) {
      const env = { ...engine.env, DOCKER_BUILDKIT: buildkit };
      const built = await run({ program, args: ['build', '-q', context], env }).catch(() => undefined);
      if (built === undefined) continue;
      const change = ENVIRONMENT.flatMap((pair) => ['--change', `ENV ${pair}`]);
      await run({ program, args: ['import', ...change, '-', BASE], env, input: apps.base.layer });
      const version = (await run({ program, args: ['version', '-f', '{{.Server.Version}}'], env })).trim();
      return { program, env, builder: buildkit === '1' ? 'BuildKit' : 'classic builder', daemon, version };
    }
  }
  throw new Error('the Docker engine builds nothing');
}

/** `docker build` and `docker push` with a warm daemon that holds the base image: the best case of a developer's computer. */
export function docker(way: DockerWay, kind: 'official' | 'split' | 'large', apps: Apps): Peer {
  const app = kind === 'large' ? 'large' : 'next';
  const env = (place: Place) => ({ ...way.env, DOCKER_CONFIG: place.registry.config });
  return {
    name: kind === 'large' ? 'docker' : `docker, ${kind} Dockerfile`,
    about: `\`docker build\` (${way.builder}), then \`docker push\``,
    app,
    daemon: way.daemon,
    async reset() {
      const call = (...args: string[]) => run({ program: way.program, args, env: way.env });
      const images = await call('images', '-q', '--filter', 'reference=127.0.0.1:*/app');
      const ids = [...new Set(images.split('\n').filter(Boolean))];
      if (ids.length > 0) await call('rmi', '-f', ...ids);
      await call('image', 'prune', '-f');
      await call('builder', 'prune', '-af');
    },
    steps: (version, place) => [
      {
        name: 'build',
        program: way.program,
        args: [
          'build',
          '-q',
          '-t',
          `${place.repository}:v${version}`,
          '-f',
          apps.dockerfiles[kind],
          apps[app][version],
        ],
        env: env(place),
      },
      { name: 'push', program: way.program, args: ['push', '-q', `${place.repository}:v${version}`], env: env(place) },
    ],
  };
}

export interface Buildah {
  readonly program: string;
  readonly storage: readonly string[];
}

/** A storage of our own with the base image in it. */
export async function prepareBuildah(program: string, folder: string): Promise<Buildah> {
  const roots = [
    '--root',
    join(folder, 'buildah'),
    '--runroot',
    join(folder, 'buildah-run'),
    '--storage-driver',
    'overlay',
  ];
  // By a relative path: it becomes a part of the image's name, which knows no capital letters.
  const pull = ['pull', '-q', `oci:base:${process.versions.node}`];
  const id = (await run({ program, args: [...roots, ...pull], cwd: folder })).trim();
  await run({ program, args: [...roots, 'tag', id, BASE] });
  return { program, storage: roots };
}

export function buildah(way: Buildah, kind: 'official' | 'split', apps: Apps): Peer {
  const call = (...args: string[]) => [...way.storage, ...args];
  return {
    name: `buildah, ${kind} Dockerfile`,
    about: '`buildah build --layers`, then `buildah push`',
    app: 'next',
    async reset() {
      const listed = await run({ program: way.program, args: call('images', '--format', '{{.Name}}:{{.Tag}}') });
      const old = listed.split('\n').filter((name) => name.startsWith('127.0.0.1:'));
      if (old.length > 0) await run({ program: way.program, args: call('rmi', '-f', ...old) });
      await run({ program: way.program, args: call('rmi', '--prune', '-f') });
    },
    steps(version, place) {
      const image = `${place.repository}:v${version}`;
      const env = { ...process.env, REGISTRY_AUTH_FILE: join(place.registry.config, 'config.json') };
      const how = ['--layers', '--pull-never', '--isolation', 'chroot', '-t', image, '-f', apps.dockerfiles[kind]];
      return [
        { name: 'build', program: way.program, args: call('bud', '-q', ...how, apps.next[version]), env },
        {
          name: 'push',
          program: way.program,
          args: call('push', '-q', '--tls-verify=false', image, `docker://${image}`),
          env,
        },
      ];
    },
  };
}
