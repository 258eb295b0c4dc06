import { join } from 'node:path';
import { childEnvironment } from '../base/programs/child-environment.js';
import type { Context, Environment } from '../base/context.js';
import type { Git } from './git-filters.js';
import { withoutFilters } from './git-filters.js';

/** What a working tree was made from. */
export interface Commit {
  /** 40 hex digits. */
  readonly sha: string;
  /** The working tree differs from the commit, or git cannot tell. */
  readonly dirty: boolean;
  /** `https://…` of the origin, without credentials; undefined when there is none. */
  readonly source: string | undefined;
}

type GitContext = Pick<Context, 'exec' | 'env' | 'signal'>;

/** Undefined outside a git repository, or without git. Runs nothing that the repository's configuration names. */
export async function readCommit(context: GitContext, directory: string): Promise<Commit | undefined> {
  try {
    const git = await openGit(context, directory);
    const [head, dirty, origin] = await Promise.all([
      git('rev-parse', 'HEAD'),
      isDirty(git, context, directory),
      git('remote', 'get-url', 'origin'),
    ]);
    if (head.code !== 0) return undefined;
    return {
      sha: head.stdout.trim(),
      dirty,
      source: origin.code === 0 ? webAddress(origin.stdout.trim()) : undefined,
    };
  } catch (error) {
    if (context.signal.aborted) throw error;
    return undefined;
  }
}

/** Address of the remote `origin` without credentials, as `https://github.com/acme/shop`; undefined when there is none. */
export async function readOrigin(context: GitContext, directory: string): Promise<string | undefined> {
  try {
    const git = await openGit(context, directory);
    const origin = await git('remote', 'get-url', 'origin');
    return origin.code === 0 ? webAddress(origin.stdout.trim()) : undefined;
  } catch (error) {
    if (context.signal.aborted) throw error;
    return undefined;
  }
}

/** Paths below the directory that are in git's index and meet one of the patterns; none outside of a repository. */
export async function trackedFiles(
  context: GitContext,
  directory: string,
  patterns: readonly string[],
): Promise<readonly string[]> {
  try {
    const git = await openGit(context, directory);
    const listed = await git('ls-files', '-z', '--', ...patterns);
    return listed.code === 0 ? listed.stdout.split('\0').filter(Boolean) : [];
  } catch (error) {
    if (context.signal.aborted) throw error;
    return [];
  }
}

/**
 * The repository may be anyone's. Of what its configuration can make git run, `rev-parse`, `status` and `ls-files` know
 * the file watcher, hooks, filters, and the transport that fetches what a partial clone lacks.
 */
async function openGit(context: GitContext, directory: string): Promise<Git> {
  const settings = ['core.fsmonitor=false', 'core.hooksPath=/dev/null', 'safe.bareRepository=explicit'];
  const flags = ['--no-optional-locks', '--no-pager', ...settings.flatMap((setting) => ['-c', setting])];
  const run =
    (env: Environment): Git =>
    (...args) =>
      context.exec('git', [...flags, ...args], { cwd: directory, env, signal: context.signal });
  const env = gitEnvironment(context.env);
  return run(await withoutFilters(run(env), env));
}

function gitEnvironment(own: Environment): Environment {
  const { env } = childEnvironment(own);
  return {
    ...Object.fromEntries(Object.entries(env).filter(([name]) => !/^AWS_/i.test(name))),
    GIT_TERMINAL_PROMPT: '0',
    GIT_ALLOW_PROTOCOL: 'none',
    GIT_NO_LAZY_FETCH: '1',
    LC_ALL: 'C',
  };
}

/** Submodules are looked at one by one: git itself would go by the filters of each. */
async function isDirty(git: Git, context: GitContext, directory: string): Promise<boolean> {
  const [status, files] = await Promise.all([
    git('status', '--porcelain', '--untracked-files=normal', '--ignore-submodules=dirty', '--', '.'),
    git('-c', 'core.quotePath=false', 'ls-files', '--stage', '--', '.'),
  ]);
  if (status.code !== 0 || status.stdout.trim() !== '') return true;
  const modules = [...files.stdout.matchAll(/^160000 \S+ \d\t(.+)$/gm)].map(([, path = '']) => join(directory, path));
  for (const folder of modules) {
    const inside = await openGit(context, folder);
    const top = await inside('rev-parse', '--show-prefix');
    // One that is not checked out is a folder of the repository around it.
    if (top.code === 0 && top.stdout.trim() === '' && (await isDirty(inside, context, folder))) return true;
  }
  return false;
}

/** `git@host:owner/repo.git` and `https://user:token@host/owner/repo.git` → `https://host/owner/repo`. */
export function webAddress(remote: string): string | undefined {
  const scp = /^(?:ssh:\/\/)?(?:[^@/]+@)([^:/]+)[:/](.+?)(?:\.git)?\/?$/.exec(remote);
  if (scp && !remote.startsWith('http')) return `https://${scp[1]}/${scp[2]}`;
  const web = /^https?:\/\/(?:[^@/]*@)?(.+?)(?:\.git)?\/?$/.exec(remote);
  return web ? `https://${web[1]}` : undefined;
}
