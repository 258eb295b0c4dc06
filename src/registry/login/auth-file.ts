import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Context } from '../../base/context.js';
import { errnoOf, LadingError, messageOf } from '../../base/errors.js';
import { refuseLinks, replaceFile } from '../../base/files/files.js';
import { takeLock } from '../../base/files/lock.js';
import { say } from '../../base/tell/report.js';
import type { Login } from '../keychain.js';
import type { AuthText, HostEntries } from './auth-text.js';
import { entriesOf, formatAuthText, hashOf, loginEntries, parseAuthText, withEntries } from './auth-text.js';

/** Logins that were written into one file: what taking them out must know. No secret is in it. */
export interface WrittenLogins {
  readonly file: string;
  readonly hosts: readonly { readonly host: string; readonly hash: string }[];
  /** File with what stood there for these hosts before. */
  readonly before: string | undefined;
  readonly isNew: boolean;
  readonly isNewFolder: boolean;
}

export interface HostLogin {
  readonly host: string;
  readonly login: Login;
}

type FileContext = Pick<Context, 'clock' | 'report' | 'signal'>;

/** Puts logins into a file of Docker's form, readable for this user alone. All else in it stays as it is. */
export async function writeLogins(
  file: string,
  logins: readonly HostLogin[],
  context: FileContext,
): Promise<WrittenLogins> {
  return inFile(file, context, async ({ value, text, isNewFolder }) => {
    let next: AuthText = value;
    const hosts: { host: string; hash: string }[] = [];
    const old: Record<string, HostEntries> = {};
    for (const { host, login } of logins) {
      const there = entriesOf(next, host);
      if (there.auth !== undefined || there.helper !== undefined) old[host] = there;
      const entries = loginEntries(next, host, login);
      next = withEntries(next, host, entries);
      hosts.push({ host, hash: hashOf(entries) });
    }
    const before = Object.keys(old).length > 0 ? `${file}.${randomBytes(6).toString('hex')}.before` : undefined;
    if (before !== undefined) await replaceFile(before, JSON.stringify(old), 0o600);
    await replaceFile(file, formatAuthText(next), 0o600);
    return { file, hosts, before, isNew: text === undefined, isNewFolder };
  });
}

/** Takes logins out again that still are as they were written, and puts back what was there before. */
export async function undoLogins(written: WrittenLogins, context: FileContext): Promise<void> {
  const { file, hosts, before, isNew, isNewFolder } = written;
  await inFile(file, context, async ({ value, text }) => {
    if (text === undefined) return;
    const old = before === undefined ? {} : (JSON.parse(await readFile(before, 'utf8')) as Record<string, HostEntries>);
    let next = value;
    for (const { host, hash } of hosts) {
      if (hashOf(entriesOf(next, host)) === hash) next = withEntries(next, host, old[host] ?? {});
      else say(context.report, 'info', `The login of ${host} in ${file} was changed since: it stays.`);
    }
    if (isNew && Object.keys(next).length === 0) await rm(file);
    else if (next !== value) await replaceFile(file, formatAuthText(next), 0o600);
  });
  if (before !== undefined) await rm(before, { force: true });
  // Somebody else's file in it keeps the folder.
  if (isNewFolder) await rmdir(dirname(file)).catch(() => undefined);
}

/** Takes every login out whose host is asked for. Resolves to the hosts that it found. */
export async function removeLogins(
  file: string,
  isAsked: (host: string) => boolean,
  context: FileContext,
): Promise<readonly string[]> {
  if ((await textOf(file)) === undefined) return [];
  return inFile(file, context, async ({ value }) => {
    const hosts = Object.keys({ ...value.auths }).filter(isAsked);
    if (hosts.length === 0) return hosts;
    const next = hosts.reduce<AuthText>((left, host) => {
      const { helper } = entriesOf(left, host);
      // The empty one was only there for the login.
      return withEntries(left, host, { helper: helper === '' ? undefined : helper });
    }, value);
    await replaceFile(file, formatAuthText(next), 0o600);
    return hosts;
  });
}

/** Whether the file has a login of its own for the host. */
export async function hasLogin(file: string, host: string): Promise<boolean> {
  const text = await textOf(file).catch(() => undefined);
  return text !== undefined && entriesOf(parseAuthText(text, file), host).auth !== undefined;
}

interface FoundFile {
  readonly value: AuthText;
  /** Undefined when there was no file. */
  readonly text: string | undefined;
  readonly isNewFolder: boolean;
}

/** Works on a file while no other run of lading does. */
async function inFile<Result>(
  file: string,
  context: FileContext,
  work: (found: FoundFile) => Promise<Result>,
): Promise<Result> {
  try {
    await refuseLinks(file, dirname(file));
    const isNewFolder = (await mkdir(dirname(file), { recursive: true, mode: 0o700 })) !== undefined;
    const release = await takeLock(`${file}.lock`, file, context);
    try {
      const text = await textOf(file);
      return await work({ value: parseAuthText(text ?? '', file), text, isNewFolder });
    } finally {
      await release();
    }
  } catch (cause) {
    if (cause instanceof LadingError || errnoOf(cause) === undefined) throw cause;
    throw new LadingError('input', `cannot write ${file}: ${messageOf(cause)}`, {
      code: 'AUTH_FILE_UNWRITABLE',
      hint: 'Make it writable, or name another one with --auth-file.',
      cause,
    });
  }
}

async function textOf(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return undefined;
    throw error;
  });
}
