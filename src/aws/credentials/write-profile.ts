import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Context } from '../../base/context.js';
import { InputError, LadingError, errnoOf, messageOf } from '../../base/errors.js';
import { refuseLinks, replaceFile } from '../../base/files/files.js';
import { takeLock } from '../../base/files/lock.js';
import { say } from '../../base/tell/report.js';
import type { AwsCredentials } from '../api.js';
import { sharedFiles } from './profile-files.js';
import { putSection, readSection, takeSection } from './profile-section.js';

/** One section that was written: what undoing it must know. No secret is in it. */
export interface WrittenSection {
  readonly file: string;
  readonly name: string;
  readonly separator: string;
  /** Of the section as it was written. */
  readonly hash: string;
  /** File with the section that was there before. */
  readonly before: string | undefined;
  /** The file was not there. */
  readonly isNew: boolean;
  /** Nor was its folder. */
  readonly isNewFolder: boolean;
}

type FilesContext = Pick<Context, 'env' | 'clock' | 'report' | 'signal'>;

interface Part {
  readonly file: string;
  readonly name: string;
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * A profile in AWS's shared files, readable for this user alone. What is there stays as it is; a profile of that name is
 * refused unless `overwrite`. Nothing is left when it fails.
 */
export async function writeProfile(
  profile: {
    readonly name: string;
    readonly region: string;
    readonly credentials: AwsCredentials;
    readonly overwrite: boolean;
  },
  context: FilesContext,
): Promise<readonly WrittenSection[]> {
  const { name, region, credentials, overwrite } = profile;
  const { credentials: keysFile, config } = sharedFiles(context.env);
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const keys = {
    aws_access_key_id: accessKeyId,
    aws_secret_access_key: secretAccessKey,
    ...(sessionToken !== undefined && { aws_session_token: sessionToken }),
  };
  const parts: readonly Part[] = [
    { file: keysFile, name, settings: keys },
    { file: config, name: name === 'default' ? name : `profile ${name}`, settings: { region } },
  ];
  const written: WrittenSection[] = [];
  try {
    for (const part of parts) {
      await inFile(part.file, context, async (text, isNewFolder) => {
        if (readSection(text ?? '', part.name) !== undefined && !overwrite) throw thereAlready(name, part.file);
        const put = putSection(text ?? '', part.name, part.settings);
        const before = put.before === undefined ? undefined : `${part.file}.${randomBytes(6).toString('hex')}.before`;
        if (before !== undefined) await replaceFile(before, put.before ?? '', 0o600);
        await replaceFile(part.file, put.text, 0o600);
        const hash = hashOf(readSection(put.text, part.name) ?? '');
        written.push({
          file: part.file,
          name: part.name,
          separator: put.separator,
          hash,
          before,
          isNew: text === undefined,
          isNewFolder,
        });
      });
    }
  } catch (error) {
    await removeProfile(written, context);
    throw error;
  }
  return written;
}

/** Takes the sections out again that still are as they were written, and puts back what was there before. */
export async function removeProfile(written: readonly WrittenSection[], context: FilesContext): Promise<void> {
  for (const { file, name, separator, hash, before, isNew, isNewFolder } of [...written].reverse()) {
    await inFile(file, context, async (text) => {
      if (text === undefined) return;
      if (hashOf(readSection(text, name) ?? '') !== hash) {
        say(context.report, 'info', `[${name}] of ${file} was changed since: it stays.`);
        return;
      }
      const old = before === undefined ? undefined : await readFile(before, 'utf8');
      const left = takeSection(text, name, { separator, before: old });
      if (isNew && left.trim() === '') await rm(file);
      else await replaceFile(file, left, 0o600);
    });
    if (before !== undefined) await rm(before, { force: true });
    // Somebody else's file in it keeps the folder.
    if (isNewFolder) await rmdir(dirname(file)).catch(() => undefined);
  }
}

/** Works on a file while no other run of lading does. */
async function inFile(
  file: string,
  context: FilesContext,
  work: (text: string | undefined, isNewFolder: boolean) => Promise<void>,
): Promise<void> {
  try {
    await refuseLinks(file, dirname(file));
    const isNewFolder = (await mkdir(dirname(file), { recursive: true, mode: 0o700 })) !== undefined;
    const release = await takeLock(`${file}.lock`, file, context);
    try {
      await work(await textOf(file), isNewFolder);
    } finally {
      await release();
    }
  } catch (cause) {
    if (cause instanceof LadingError || errnoOf(cause) === undefined) throw cause;
    throw new LadingError('input', `cannot write ${file}: ${messageOf(cause)}`, {
      code: 'PROFILE_UNWRITABLE',
      hint: 'Make it writable, or name another with AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE.',
      cause,
    });
  }
}

async function textOf(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  });
}

function thereAlready(name: string, file: string): InputError {
  return new InputError(
    {
      where: 'aws-profile',
      message: `${name} is in ${file} already`,
      hint: 'Set --overwrite-aws-profile, or choose another name.',
    },
    'PROFILE_EXISTS',
  );
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
