import type { Environment } from '../base/context.js';
import type { ExecResult } from '../base/programs/exec.js';

/** Runs git with the words given. */
export type Git = (...args: readonly string[]) => Promise<ExecResult>;

/** As `git lfs install --local` writes it, which a checkout in CI does: it runs nothing of the repository's choice. */
const OF_LFS = /^git-lfs (clean|smudge|filter-process)( --skip)?( -- %f)?$/;

/**
 * The environment in which git runs none of the filters that the repository's own configuration names; those of the
 * user and the computer stay. https://git-scm.com/docs/gitattributes#_filter
 */
export async function withoutFilters(git: Git, env: Environment): Promise<Environment> {
  const told = await git('config', '--show-scope', '--null', '--get-regexp', '^(filter|lfs\\.extension)\\.');
  if (told.code !== 0) return env;
  const own = ownEntries(told.stdout);
  const extended = own.some(({ key }) => key.startsWith('lfs.extension.'));
  const names = new Set<string>();
  for (const { key, value } of own) {
    const name = /^filter\.(.+)\.(clean|smudge|process)$/s.exec(key)?.[1];
    if (name === undefined || (!extended && OF_LFS.test(value))) continue;
    // Bytes that are no UTF-8 cannot be given back to git as they were.
    if (name.includes('\ufffd')) throw new Error(`the filter ${name} cannot be switched off`);
    names.add(name);
  }
  const settings = [...names].flatMap((name) => [
    ...['clean', 'smudge', 'process'].map((verb) => [`filter.${name}.${verb}`, ''] as const),
    [`filter.${name}.required`, 'false'] as const,
  ]);
  return withSettings(env, settings);
}

/** `scope NUL key LF value NUL …`, of the scopes that lie in the repository. */
function ownEntries(text: string): { readonly key: string; readonly value: string }[] {
  const parts = text.split('\0');
  const entries: { readonly key: string; readonly value: string }[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    if (!/^(local|worktree)$/.test((parts[at] ?? '').trim())) continue;
    const [key = '', ...value] = (parts[at + 1] ?? '').split('\n');
    entries.push({ key, value: value.join('\n') });
  }
  return entries;
}

/** Behind those that the environment has already; unlike `-c`, names may hold any character. */
function withSettings(env: Environment, settings: readonly (readonly [string, string])[]): Environment {
  const first = Number(env.GIT_CONFIG_COUNT ?? 0) || 0;
  const added: Record<string, string> = { GIT_CONFIG_COUNT: String(first + settings.length) };
  for (const [at, [key, value]] of settings.entries()) {
    added[`GIT_CONFIG_KEY_${first + at}`] = key;
    added[`GIT_CONFIG_VALUE_${first + at}`] = value;
  }
  return { ...env, ...added };
}
