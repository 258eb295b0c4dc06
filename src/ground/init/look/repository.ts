import { lstat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { peek } from './read-text.js';

/** The repository of git around a folder. Its files are read, git is not run: a repository can make git run programs. */
export interface Repository {
  /** Absolute path of its top; the folder itself when there is no repository. */
  readonly top: string;
  /** False without a `.git`. */
  readonly isThere: boolean;
  /** Of the remote `origin`, as `github.com` and `acme/shop`. */
  readonly host: string | undefined;
  readonly path: string | undefined;
  /** The branch that the remote takes for its main one, else the one that is checked out when it is called so. */
  readonly branch: string | undefined;
}

export async function readRepository(folder: string): Promise<Repository> {
  const top = await findTop(folder);
  if (top === undefined) return { top: folder, isThere: false, host: undefined, path: undefined, branch: undefined };
  const own = await gitFolder(top);
  const shared = resolve(own, (await peek(join(own, 'commondir')))?.trim() ?? '.');
  const remote = parseRemote(originUrl((await peek(join(shared, 'config'))) ?? ''));
  const head = branchIn(await peek(join(shared, 'refs/remotes/origin/HEAD')), 'refs/remotes/origin/');
  const current = branchIn(await peek(join(own, 'HEAD')), 'refs/heads/');
  const usual = current !== undefined && /^(?:main|master|trunk)$/.test(current) ? current : undefined;
  return { top, isThere: true, host: remote?.host, path: remote?.path, branch: head ?? usual };
}

async function findTop(folder: string): Promise<string | undefined> {
  for (let at = folder, last = ''; at !== last; last = at, at = dirname(at)) {
    const found = await lstat(join(at, '.git')).catch(() => undefined);
    if (found && !found.isSymbolicLink()) return at;
  }
  return undefined;
}

/** A work tree of its own has a file there that names the folder. */
async function gitFolder(top: string): Promise<string> {
  const named = /^gitdir: (.+)$/m.exec((await peek(join(top, '.git'))) ?? '')?.[1];
  return resolve(top, named?.trim() ?? '.git');
}

function branchIn(text: string | undefined, prefix: string): string | undefined {
  const [, ref] = /^ref: (\S+)\s*$/.exec(text ?? '') ?? [];
  const name = ref?.startsWith(prefix) ? ref.slice(prefix.length) : undefined;
  return name !== undefined && isBranch(name) ? name : undefined;
}

/** As much of git's rules as keeps a name harmless. */
export function isBranch(name: string): boolean {
  return /^[\w][\w./@+#-]{0,200}$/.test(name) && !/\.\.|\/$|\.lock$|@\{/.test(name);
}

function originUrl(config: string): string {
  const section = /^\[remote "origin"\][ \t]*\r?\n((?:[ \t].*(?:\r?\n|$))*)/m.exec(config)?.[1] ?? '';
  return /^\s*url\s*=\s*(\S+)/m.exec(section)?.[1] ?? '';
}

/** `git@github.com:acme/shop.git`, `https://github.com/acme/shop`, `ssh://git@host:22/acme/shop.git`. */
export function parseRemote(url: string): { readonly host: string; readonly path: string } | undefined {
  const [, host, path] =
    /^(?:[a-z+]+:\/\/)?(?:[^@/]+@)?([A-Za-z0-9.-]+)(?::\d+)?[:/]\/?((?:[\w.-]+\/)+[\w.-]+?)(?:\.git)?\/?$/.exec(url) ??
    [];
  return host === undefined || path === undefined ? undefined : { host, path };
}
