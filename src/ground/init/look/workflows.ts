import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ActionRelease } from '../../../base/declare/action-release.js';
import { peek } from './read-text.js';

const USES = /^\s*(?:- )?uses:\s*['"]?([\w.-]+\/lading)(?:\/actions\/[\w-]+)?@([\w./-]+)/m;

/** Where lading's own actions are taken from by a workflow of the repository; undefined when none uses them. */
export async function findAction(top: string): Promise<ActionRelease | undefined> {
  const folder = join(top, '.github/workflows');
  const names = (await readdir(folder).catch(() => [])).filter((name) => /\.ya?ml$/.test(name)).sort();
  for (const name of names.slice(0, 100)) {
    const [, repository = '', version = ''] = USES.exec((await peek(join(folder, name))) ?? '') ?? [];
    if (repository !== '' && !repository.startsWith('OWNER/')) return { repository, version };
  }
  return undefined;
}
