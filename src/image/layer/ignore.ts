import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Left out unless asked for by name: they have no place in an image, and everyone who pulls it could read them. */
const SECRET = new RegExp(
  `(^|/)(${[
    '\\.env(rc|[._-][^/]*)?|\\.dev\\.vars|\\.npmrc|\\.yarnrc\\.yml|\\.pypirc|\\.git|\\.git-credentials|\\.netrc|\\.pgpass',
    '\\.htpasswd|\\.vault-token|\\.aws|\\.azure|\\.ssh|\\.gnupg|\\.kube|\\.docker|id_(rsa|dsa|(ecdsa|ed25519)(_sk)?)',
    '[^/]*\\.(pem|p12|pfx|key|ppk|jks|keystore|tfvars(\\.json)?|tfstate(\\.[^/]*)?|tfplan|tfbackend)',
  ].join('|')})$`,
  'i',
);
/** Examples of settings, not settings. */
const EXAMPLE = /\.(example|sample|template|dist)$/;

export interface SecretGuard {
  /** True when the path may go into the image. */
  admits(path: string): boolean;
  /** What was left out, in order. */
  readonly leftOut: readonly string[];
  /** The same in words. */
  notes(): readonly string[];
}

/** Keeps secrets out. Certificates inside of packages are theirs and go with them. */
export function createSecretGuard(include: readonly string[]): SecretGuard {
  const wanted = new Set(include.map((path) => path.replace(/^\.?\//, '')));
  const leftOut: string[] = [];
  return {
    leftOut,
    notes: () => leftOut.map((path) => `${path} is left out: it looks like a secret (--include ${path} packs it)`),
    admits(path) {
      if (!SECRET.test(path) || EXAMPLE.test(path) || wanted.has(path) || /(^|\/)node_modules\//.test(path))
        return true;
      leftOut.push(path);
      return false;
    },
  };
}

/** What goes into the image, by its path below a folder; a `way` is a folder that goes with what it holds or not at all. */
export type Choice = (path: string, isFolder: boolean) => boolean | 'way';

/** What every one of them lets in. */
export function allOf(...choices: readonly Choice[]): Choice {
  return (path, isFolder) => {
    let chosen: boolean | 'way' = true;
    for (const choice of choices) {
      const one = choice(path, isFolder);
      if (one === false) return false;
      if (one === 'way') chosen = 'way';
    }
    return chosen;
  };
}

/** `.dockerignore` of a folder. https://docs.docker.com/build/concepts/context/#dockerignore-files */
export async function readDockerignore(folder: string): Promise<Choice> {
  return dockerignoreOf(await readFile(join(folder, '.dockerignore'), 'utf8').catch(() => ''));
}

/** The same of the text of such a file. */
export async function dockerignoreOf(text: string): Promise<Choice> {
  if (text.trim() === '') return () => true;
  const { default: dockerignore } = await import('@balena/dockerignore');
  const matcher = dockerignore.default({ ignorecase: false }).add(text);
  // A folder with an exception inside must be walked: `!docs/keep` after `docs`.
  const hasExceptions = /^\s*!/m.test(text);
  return (path, isFolder) => !matcher.ignores(path) || (isFolder && hasExceptions && 'way');
}

/**
 * With `files` of a package.json only those, and what npm adds: package.json, `main`, `bin`; and what is named besides.
 * Without it everything. Patterns as in https://docs.npmjs.com/cli/configuring-npm/package-json#files
 */
export async function listedBy(manifest: Listing, besides: readonly string[]): Promise<Choice> {
  const { files, main, bin } = manifest;
  if (files === undefined) return () => true;
  const { default: dockerignore } = await import('@balena/dockerignore');
  const mains = main === undefined ? [] : [main, `${main}.js`, `${main}/index.js`];
  const always = [
    'package.json',
    ...mains,
    ...Object.values(typeof bin === 'string' ? { bin } : (bin ?? {})),
    ...besides,
  ];
  const patterns = [...files, ...always].map((pattern) => pattern.replace(/^(!?)\.?\//, '$1'));
  const matcher = dockerignore.default().add(patterns.map((pattern) => pattern.replace(/\/$/, '') || '**'));
  // Folders that only lead to what is listed.
  const ways = patterns.map((pattern) => pattern.split(/[*?[{]/, 1)[0] ?? '');
  const leads = (path: string) => ways.some((way) => way.startsWith(`${path}/`) || `${path}/`.startsWith(way));
  return (path, isFolder) => matcher.ignores(path) || (isFolder && leads(path) && 'way');
}

/** What of a package.json says which files belong to it. */
export interface Listing {
  readonly files?: readonly string[] | undefined;
  readonly main?: string | undefined;
  readonly bin?: string | Readonly<Record<string, string>> | undefined;
}
