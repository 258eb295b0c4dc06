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

/** `.dockerignore` of a folder: true when the path stays. https://docs.docker.com/build/concepts/context/#dockerignore-files */
export async function readDockerignore(folder: string): Promise<(path: string, isFolder: boolean) => boolean> {
  const text = await readFile(join(folder, '.dockerignore'), 'utf8').catch(() => '');
  if (text.trim() === '') return () => true;
  const { default: dockerignore } = await import('@balena/dockerignore');
  const matcher = dockerignore.default().add(text);
  // A folder with an exception inside must be walked: `!docs/keep` after `docs`.
  const hasExceptions = /^\s*!/m.test(text);
  return (path, isFolder) => (isFolder && hasExceptions) || !matcher.ignores(path);
}
