import type { Context } from '../base/context.js';

/** What a working tree was made from. */
export interface Commit {
  /** 40 hex digits. */
  readonly sha: string;
  /** The working tree differs from the commit. */
  readonly dirty: boolean;
  /** `https://…` of the origin, without credentials; undefined when there is none. */
  readonly source: string | undefined;
}

/** Undefined outside a git repository, or without git. */
export async function readCommit(
  context: Pick<Context, 'exec' | 'signal'>,
  directory: string,
): Promise<Commit | undefined> {
  const git = (...args: string[]) => context.exec('git', args, { cwd: directory, signal: context.signal });
  try {
    const [head, status, origin] = await Promise.all([
      git('rev-parse', 'HEAD'),
      git('status', '--porcelain', '--untracked-files=normal', '--', '.'),
      git('remote', 'get-url', 'origin'),
    ]);
    if (head.code !== 0) return undefined;
    return {
      sha: head.stdout.trim(),
      dirty: status.stdout.trim() !== '',
      source: origin.code === 0 ? webAddress(origin.stdout.trim()) : undefined,
    };
  } catch (error) {
    if (context.signal.aborted) throw error;
    return undefined;
  }
}

/** `git@host:owner/repo.git` and `https://user:token@host/owner/repo.git` → `https://host/owner/repo`. */
export function webAddress(remote: string): string | undefined {
  const scp = /^(?:ssh:\/\/)?(?:[^@/]+@)([^:/]+)[:/](.+?)(?:\.git)?\/?$/.exec(remote);
  if (scp && !remote.startsWith('http')) return `https://${scp[1]}/${scp[2]}`;
  const web = /^https?:\/\/(?:[^@/]*@)?(.+?)(?:\.git)?\/?$/.exec(remote);
  return web ? `https://${web[1]}` : undefined;
}
