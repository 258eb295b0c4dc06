import { join } from 'node:path';
import { parse } from 'shell-quote';
import { InputError, LadingError } from '../../../base/errors.js';
import { pathExists } from '../../../base/files/files.js';
import { checkOutput, findOutput } from '../../../image/builders/next/configuration.js';
import { readManifest } from '../../../image/builders/package-json.js';
import type { App } from '../look/app.js';
import { pathBelow } from '../look/look.js';
import type { Packages } from '../look/packages.js';

/** What a Dockerfile for an app is made of. */
export interface DockerFacts {
  readonly kind: 'next' | 'node';
  readonly packages: Packages;
  /** Folder of the app from where packages are installed; empty for the same. */
  readonly path: string;
  /** Files beside the lockfile that an install reads, as `.npmrc`, which comes as a secret. */
  readonly installFiles: readonly string[];
  readonly hasNpmrc: boolean;
  /** The install reads files of the app: scripts of its own run then, or a package is a folder of it. */
  readonly needsFiles: boolean;
  readonly builds: boolean;
  /** Folder that `next build` writes to, from the app. */
  readonly output: string;
  /** Next.js serves files of it. */
  readonly hasPublic: boolean;
  /** Words of what runs; undefined for Next.js, which brings its own server. */
  readonly start: readonly string[] | undefined;
}

/** Looks at the app. Throws an input error for what no Dockerfile of ours can build. */
export async function readDockerFacts(app: App): Promise<DockerFacts> {
  const { packages, folder } = app;
  const kind = await kindOf(folder);
  if (packages === undefined || kind === undefined) {
    const hint = 'lading init dockerfile knows apps of Next.js and Node.';
    throw new InputError({ where: '--app', message: `${folder} has no package.json`, hint }, 'NO_BUILDER');
  }
  if (packages.manager === 'bun') {
    const message = 'bun installs its packages: a Dockerfile is written for npm, pnpm and yarn';
    throw new InputError({ where: '--app', message });
  }
  if (await pathExists(join(packages.root, '.pnp.cjs'))) {
    throw new LadingError('input', `the packages are installed by yarn's Plug'n'Play, without node_modules`, {
      code: 'YARN_PNP',
      hint: 'Write `nodeLinker: node-modules` into .yarnrc.yml and run `yarn install`.',
    });
  }
  if (kind === 'next') await checkOutput(folder);
  const manifest = await readManifest(folder);
  const scripts = manifest?.scripts ?? {};
  const versions = Object.values({ ...manifest?.dependencies, ...manifest?.devDependencies });
  const files = ['pnpm-workspace.yaml', '.yarnrc.yml', '.yarn', '.pnpmfile.cjs', 'patches'];
  const there = await Promise.all(files.map((name) => pathExists(join(packages.root, name))));
  return {
    kind,
    packages,
    path: (pathBelow(packages.root, folder) ?? '.').replace(/^\.$/, ''),
    installFiles: files.filter((_, at) => there[at]),
    hasNpmrc: await pathExists(join(packages.root, '.npmrc')),
    needsFiles: atInstall.some((name) => scripts[name] !== undefined) || versions.some((text) => isLocal.test(text)),
    builds: scripts.build !== undefined,
    output: kind === 'next' ? await findOutput(folder) : '.next',
    hasPublic: await pathExists(join(folder, 'public')),
    start: kind === 'next' ? undefined : startOf(scripts.start, manifest?.main, await firstServer(folder)),
  };
}

const atInstall = ['preinstall', 'install', 'postinstall', 'prepare'];
const isLocal = /^(?:file|link|portal|workspace|patch):/;

async function kindOf(folder: string): Promise<'next' | 'node' | undefined> {
  const { nextBuilder } = await import('../../../image/builders/next/next.js');
  if ((await nextBuilder.recognises(folder)).sureness !== 'none') return 'next';
  return (await pathExists(join(folder, 'package.json'))) ? 'node' : undefined;
}

async function firstServer(folder: string): Promise<string | undefined> {
  for (const name of ['server.js', 'index.js']) if (await pathExists(join(folder, name))) return name;
  return undefined;
}

/** The words of `start`, without a shell and without npm, which pass no signals on. */
function startOf(script: string | undefined, main: string | undefined, server: string | undefined): readonly string[] {
  const words = script === undefined ? undefined : wordsOf(script);
  if (words !== undefined) return words;
  const file = script === undefined ? (main ?? server) : undefined;
  if (file !== undefined) return ['node', file];
  const why =
    script === undefined
      ? 'it has neither a `start` script nor a `main`'
      : `its \`start\` is ${JSON.stringify(script)}, which only a shell can run`;
  const hint = 'Set "start": "node server.js" in package.json.';
  throw new LadingError('input', `package.json does not say what to run: ${why}`, { code: 'NO_ENTRY', hint });
}

function wordsOf(script: string): readonly string[] | undefined {
  if (/[$`\\~\n]/.test(script)) return undefined;
  const words = parse(script).map((word) => (typeof word === 'string' ? word : undefined));
  if (words.length === 0 || words.includes(undefined)) return undefined;
  const plain = words as readonly string[];
  const start = plain.findIndex((word) => !/^(?:exec|env|cross-env|[A-Za-z_]\w*=.*)$/.test(word));
  const variables = plain.slice(0, Math.max(0, start)).filter((word) => word.includes('='));
  if (start < 0) return undefined;
  // `env` sets them, and is replaced by what it runs.
  return variables.length > 0 ? ['env', ...variables, ...plain.slice(start)] : plain.slice(start);
}
