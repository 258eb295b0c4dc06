import { cpSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { changeHeadline, prepareDemoApp } from '../src/rehearsal/demo-app.js';
import { writeHostBase } from '../src/image/host-base.js';
import { testWorld } from '../test/support/world.js';
import { run } from './measure.js';

/** What every peer packs, made before the clock runs. */
export interface Apps {
  /** The built Next.js app before and after a change of one line: context of the Dockerfiles, folder for lading. */
  readonly next: readonly [string, string];
  /** A plain Node service with 300 MB of packages, before and after a change of one line. */
  readonly large: readonly [string, string];
  readonly dockerfiles: { readonly official: string; readonly split: string; readonly large: string };
  /** OCI layout of the base image, and its only layer as a tar.gz. */
  readonly base: { readonly reference: string; readonly layer: string };
}

export const BASE = 'lading-bench-base:1';

/** Last stage of the Dockerfile in Next.js' own example: github.com/vercel/next.js, examples/with-docker. */
const OFFICIAL = [
  'COPY --chown=1000:1000 .next/standalone ./',
  'COPY --chown=1000:1000 .next/static ./.next/static',
  'COPY public ./public',
];

/** The same files by how often they change, as an expert writes it: what did not change is cached. */
const SPLIT = [
  'COPY --chown=1000:1000 .next/standalone/node_modules ./node_modules',
  'COPY public ./public',
  'COPY --chown=1000:1000 .next/standalone/package.json .next/standalone/server.js ./',
  'COPY --chown=1000:1000 .next/standalone/.next ./.next',
  'COPY --chown=1000:1000 .next/static ./.next/static',
];

const LARGE = [
  'COPY --chown=1000:1000 node_modules ./node_modules',
  'COPY --chown=1000:1000 package.json server.js ./',
];

export async function prepareApps(folder: string): Promise<Apps> {
  const world = testWorld({ env: process.env, cwd: folder });
  const source = join(folder, 'source');
  try {
    await prepareDemoApp(source, world);
    const built = async (name: string) => {
      const target = join(folder, name);
      await run({
        program: 'npm',
        args: ['run', 'build'],
        cwd: source,
        env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1' },
      });
      mkdirSync(join(target, '.next'), { recursive: true });
      const parts = ['.next/standalone', '.next/static', '.next/BUILD_ID', '.next/required-server-files.json'];
      for (const part of [...parts, 'public', 'app', 'package.json', 'package-lock.json', 'next.config.mjs'])
        cpSync(join(source, part), join(target, part), { recursive: true, verbatimSymlinks: true });
      return target;
    };
    const before = await built('v0');
    await changeHeadline(source, 'Cargo aboard, version two');
    const after = await built('v1');

    const version = process.versions.node;
    await writeHostBase(join(folder, 'base'), { binary: process.execPath, version }, world);
    return {
      next: [before, after],
      large: await largeApp(folder, join(source, 'node_modules')),
      dockerfiles: {
        official: dockerfile(folder, 'official', OFFICIAL),
        split: dockerfile(folder, 'split', SPLIT),
        large: dockerfile(folder, 'large', LARGE),
      },
      base: { reference: `oci:${join(folder, 'base')}:${version}`, layer: await baseLayer(join(folder, 'base')) },
    };
  } finally {
    world.close();
  }
}

function dockerfile(folder: string, name: string, copies: readonly string[]): string {
  const file = join(folder, `Dockerfile.${name}`);
  const lines = [
    `FROM ${BASE}`,
    'WORKDIR /app',
    'ENV NODE_ENV=production HOSTNAME=0.0.0.0 PORT=3000',
    ...copies,
    'USER 1000:1000',
    'EXPOSE 3000',
    'CMD ["node", "server.js"]',
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

async function baseLayer(layout: string): Promise<string> {
  const { readFileSync } = await import('node:fs');
  const read = (digest: string) => JSON.parse(readFileSync(blobFile(layout, digest), 'utf8')) as Manifest;
  const index = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as { manifests: { digest: string }[] };
  return blobFile(layout, read(index.manifests[0]?.digest ?? '').layers[0]?.digest ?? '');
}

interface Manifest {
  readonly layers: readonly { readonly digest: string }[];
}

const blobFile = (layout: string, digest: string) => join(layout, 'blobs', ...digest.split(':'));

/** The packages of a Next.js app without tracing, copied once more until there are 300 MB. */
async function largeApp(folder: string, packages: string): Promise<[string, string]> {
  const make = (name: string, greeting: string) => {
    const app = join(folder, name);
    mkdirSync(app, { recursive: true });
    const manifest = {
      name: 'large',
      version: '1.0.0',
      main: 'server.js',
      dependencies: { next: '*', react: '*', 'react-dom': '*' },
    };
    writeFileSync(join(app, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
    writeFileSync(
      join(app, 'server.js'),
      `require('node:http').createServer((_, answer) => answer.end(${JSON.stringify(greeting)})).listen(process.env.PORT);\n`,
    );
    return app;
  };
  const before = make('large0', 'one');
  const after = make('large1', 'two');
  rmSync(join(before, 'node_modules'), { recursive: true, force: true });
  renameSync(packages, join(before, 'node_modules'));
  // Hard links: the bytes are the same and stand once in the page cache for every peer.
  await run({ program: 'cp', args: ['-al', join(before, 'node_modules'), join(after, 'node_modules')] });
  if (!existsSync(join(after, 'node_modules/next/package.json'))) throw new Error('the large app has no packages');
  return [before, after];
}
