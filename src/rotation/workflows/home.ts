import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../../base/context.js';
import type { WorkflowHome } from './role.js';

/**
 * Where the workflows will run: what a runner says, else the remote `origin` of the working tree. What neither tells
 * stays a word in capitals for the reader to fill in.
 */
export async function readHome({ env, cwd }: Pick<Context, 'env' | 'cwd'>): Promise<WorkflowHome> {
  return {
    repository: env['GITHUB_REPOSITORY'] || (await readOrigin(cwd)) || 'OWNER/REPO',
    ownerId: env['GITHUB_REPOSITORY_OWNER_ID'] || 'OWNER_ID',
    repositoryId: env['GITHUB_REPOSITORY_ID'] || 'REPOSITORY_ID',
    issuer: issuerOf(env['GITHUB_SERVER_URL']),
  };
}

/** `acme/shop` of the remote `origin`. Its file is read, git is not run: a repository can make git run programs. */
async function readOrigin(cwd: string): Promise<string | undefined> {
  const text = await readFile(join(cwd, '.git/config'), 'utf8').catch(() => '');
  return originOf(text);
}

export function originOf(config: string): string | undefined {
  const section = /^\[remote "origin"\]\s*\n((?:[ \t].*(?:\n|$))*)/m.exec(config)?.[1] ?? '';
  const url = /^\s*url\s*=\s*(\S+)/m.exec(section)?.[1] ?? '';
  return /[:/]([A-Za-z0-9][\w-]*\/[\w.-]+?)(?:\.git)?\/?$/.exec(url)?.[1];
}

/** https://docs.github.com/actions/reference/security/oidc */
function issuerOf(server: string | undefined): string {
  const host = server && URL.canParse(server) ? new URL(server).host : 'github.com';
  if (host === 'github.com') return 'token.actions.githubusercontent.com';
  return host.endsWith('.ghe.com') ? `token.actions.${host}` : `${host}/_services/token`;
}
