import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** `acme/shop` of the remote `origin`. Its file is read, git is not run: a repository can make git run programs. */
export async function readOrigin(folder: string): Promise<string | undefined> {
  const text = await readFile(join(folder, '.git/config'), 'utf8').catch(() => '');
  return originOf(text);
}

export function originOf(config: string): string | undefined {
  const section = /^\[remote "origin"\]\s*\n((?:[ \t].*(?:\n|$))*)/m.exec(config)?.[1] ?? '';
  const url = /^\s*url\s*=\s*(\S+)/m.exec(section)?.[1] ?? '';
  return /[:/]([A-Za-z0-9][\w-]*\/[\w.-]+?)(?:\.git)?\/?$/.exec(url)?.[1];
}

/** Who signs the tokens of jobs, without the scheme. https://docs.github.com/actions/reference/security/oidc */
export function issuerOf(server: string | undefined): string {
  const host = server && URL.canParse(server) ? new URL(server).host : 'github.com';
  if (host === 'github.com') return 'token.actions.githubusercontent.com';
  return host.endsWith('.ghe.com') ? `token.actions.${host}` : `${host}/_services/token`;
}
