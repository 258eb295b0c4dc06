import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import type { DockerRegistry } from '../test/support/docker-registry.js';
import type { Apps } from './apps.js';
import type { Command } from './measure.js';
import { run } from './measure.js';

/** Somebody who brings the app's image into the registry. */
export interface Peer {
  readonly name: string;
  /** What the row measures, for the reader. */
  readonly about: string;
  /** The app whose image it makes; the two are not compared with each other. */
  readonly app: 'next' | 'large';
  /** Process whose tree works for the client. */
  readonly daemon?: number;
  /** It only does a part of the work: no ratio is taken. */
  readonly partial?: boolean;
  /** Forgets everything but the base image. */
  reset(place: Place): Promise<void>;
  /** Before the change (0) and after it (1). */
  steps(version: 0 | 1, place: Place): readonly Command[];
}

/** A registry of this round, empty at first. */
export interface Place {
  readonly registry: DockerRegistry;
  /** Repository without tag. */
  readonly repository: string;
  /** Scratch folder of this peer. */
  readonly folder: string;
}

export function findProgram(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/bin'];
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}

/** No state but the base image: the second image knows the first one only from the registry, as in CI. */
export function lading(app: 'next' | 'large', apps: Apps): Peer {
  const cli = resolve('dist/cli.js');
  return {
    name: 'lading',
    about: '`lading build --push --to …`',
    app,
    async reset({ folder }) {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
    },
    steps(version, place) {
      const known = version === 0 ? [] : ['--cache-from', 'v0'];
      const builder = app === 'large' ? 'node' : 'next';
      const what = ['--app', apps[app][version], '--builder', builder, '--base', apps.base.reference, ...known];
      const where = [
        '--output',
        join(place.folder, `v${version}`),
        '--push',
        '--to',
        `${place.repository}:v${version}`,
      ];
      return [
        {
          name: 'build and push',
          program: process.execPath,
          args: [cli, 'build', ...what, ...where, '--quiet'],
          cwd: place.folder,
          env: { ...process.env, DOCKER_CONFIG: place.registry.config },
        },
      ];
    },
  };
}

/** The transport of our finished layouts, without building. */
export async function skopeo(program: string, apps: Apps, folder: string): Promise<Peer> {
  const cli = resolve('dist/cli.js');
  const layouts = [join(folder, 'layout0'), join(folder, 'layout1')] as const;
  for (const version of [0, 1] as const) {
    const args = [
      cli,
      'build',
      '--app',
      apps.next[version],
      '--base',
      apps.base.reference,
      '--output',
      layouts[version],
    ];
    await run({ program: process.execPath, args, cwd: folder });
  }
  return {
    name: 'skopeo copy',
    about: "push only, of lading's finished layout: nothing is built",
    app: 'next',
    partial: true,
    reset: async () => rmSync('/var/lib/containers/cache/blob-info-cache-v1.boltdb', { force: true }),
    steps: (version, place) => [
      {
        name: 'push',
        program,
        args: [
          'copy',
          '-q',
          '--dest-tls-verify=false',
          `oci:${layouts[version]}`,
          `docker://${place.repository}:v${version}`,
        ],
        env: { ...process.env, REGISTRY_AUTH_FILE: join(place.registry.config, 'config.json') },
      },
    ],
  };
}

/** Packing alone, as the floor that a Unix tool sets. */
export function tar(program: string, apps: Apps): Peer {
  const args = ['--sort=name', '--mtime=@0', '--owner=1000', '--group=1000', '--numeric-owner', '-I', 'gzip -1'];
  return {
    name: 'GNU tar + gzip -1',
    about: 'one archive of the app: no base, no cache, no push',
    app: 'next',
    partial: true,
    async reset({ folder }) {
      mkdirSync(folder, { recursive: true });
    },
    steps: (version, { folder }) => [
      {
        name: 'tar',
        program,
        args: [
          ...args,
          '-C',
          apps.next[version],
          '-cf',
          join(folder, 'app.tar.gz'),
          '.next/standalone',
          '.next/static',
          'public',
        ],
      },
    ],
  };
}

/** Version line of a program. */
export async function versionOf(program: string): Promise<string> {
  const said = await run({ program, args: ['--version'] });
  return (said.split('\n')[0] ?? '').trim();
}
