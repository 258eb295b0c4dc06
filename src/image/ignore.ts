import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Left out unless asked for by name: they have no place in an image, and everyone who pulls it could read them. */
const SECRET =
  /(^|\/)(\.env(\.[^/]*)?|\.npmrc|\.yarnrc\.yml|\.git|\.netrc|id_(rsa|dsa|ecdsa|ed25519)|[^/]*\.(pem|p12|pfx|key))$/;
/** Examples of settings, not settings. */
const EXAMPLE = /\.(example|sample|template|dist)$/;

export interface SecretGuard {
  /** True when the path may go into the image. */
  admits(path: string): boolean;
  /** What was left out, in order. */
  readonly leftOut: readonly string[];
}

/** Keeps secrets out. Certificates inside of packages are theirs and go with them. */
export function createSecretGuard(include: readonly string[]): SecretGuard {
  const wanted = new Set(include.map((path) => path.replace(/^\.?\//, '')));
  const leftOut: string[] = [];
  return {
    leftOut,
    admits(path) {
      if (!SECRET.test(path) || EXAMPLE.test(path) || wanted.has(path) || /(^|\/)node_modules\//.test(path))
        return true;
      leftOut.push(path);
      return false;
    },
  };
}

/** True for what goes into the image, by its path below a folder. */
export type Choice = (path: string, isFolder: boolean) => boolean;

/** `.dockerignore` of a folder: true when the path stays. https://docs.docker.com/build/concepts/context/#dockerignore-files */
export async function readDockerignore(folder: string): Promise<Choice> {
  const text = await readFile(join(folder, '.dockerignore'), 'utf8').catch(() => '');
  if (text.trim() === '') return () => true;
  const { default: dockerignore } = await import('@balena/dockerignore');
  const matcher = dockerignore.default().add(text);
  // A folder with an exception inside must be walked: `!docs/keep` after `docs`.
  const hasExceptions = /^\s*!/m.test(text);
  return (path, isFolder) => (isFolder && hasExceptions) || !matcher.ignores(path);
}

/**
 * With `files` of a package.json only those, package.json itself and what is named besides; without it everything.
 * Patterns as in https://docs.npmjs.com/cli/configuring-npm/package-json#files
 */
export async function listedBy(files: readonly string[] | undefined, besides: readonly string[]): Promise<Choice> {
  if (files === undefined) return () => true;
  const { default: dockerignore } = await import('@balena/dockerignore');
  const patterns = [...files, 'package.json', ...besides].map((pattern) => pattern.replace(/^(!?)\.?\//, '$1'));
  const matcher = dockerignore.default().add(patterns.map((pattern) => pattern.replace(/\/$/, '') || '**'));
  // Folders that only lead to what is listed.
  const ways = patterns.map((pattern) => pattern.split(/[*?[{]/, 1)[0] ?? '');
  const leads = (path: string) => ways.some((way) => way.startsWith(`${path}/`) || `${path}/`.startsWith(way));
  return (path, isFolder) => matcher.ignores(path) || (isFolder && leads(path));
}
