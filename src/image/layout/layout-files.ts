import { readdir, rm, rmdir } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import * as v from 'valibot';
import { LadingError } from '../../base/errors.js';
import { readOwnFile, refuseLinks, replaceFile } from '../../base/files/files.js';
import { parseJson } from '../../base/json.js';
import { MANIFEST_LIMIT } from '../../oci/manifest.js';

/** What a layout may consist of, also when the first build into it broke off. */
const PARTS = ['blobs', 'index.json', 'oci-layout', 'lading.json', '.lading-tmp', '.lading-lock'];
const OWN = new RegExp(`^(${PARTS.map((name) => name.replace('.', '\\.')).join('|')})(\\.[0-9a-z]+\\.tmp)?$`);
const DRAFT = /^(index\.json|oci-layout|lading\.json)\.[0-9a-z]+\.tmp$/;

/** Refuses a layout that leads elsewhere by a link. A folder `.lading` is lading's own, wherever it lies. */
export async function refuseForeign(directory: string): Promise<void> {
  const path = resolve(directory);
  const own = `${path}${sep}`.lastIndexOf(`${sep}.lading${sep}`);
  await refuseLinks(path, own < 0 ? path : path.slice(0, own) || sep);
  for (const part of [...PARTS, join('blobs', 'sha256')]) await refuseLinks(join(path, part), path);
}

/** Deletes what broken-off runs left beside the blobs. */
export async function sweepDrafts(directory: string): Promise<void> {
  const scratch = join(directory, '.lading-tmp');
  const inside: readonly string[] = await readdir(scratch).catch(() => []);
  const spools = inside.filter((name) => /^layer-\w{6}$/.test(name));
  await Promise.all(spools.map((name) => rm(join(scratch, name), { recursive: true, force: true })));
  await rmdir(scratch).catch(() => undefined);
  const names: readonly string[] = await readdir(directory).catch(() => []);
  const drafts = names.filter((name) => DRAFT.test(name));
  await Promise.all(drafts.map((name) => rm(join(directory, name), { force: true })));
}

/** Refuses to write an image between files of others. */
export async function checkPlace(directory: string): Promise<void> {
  const names: readonly string[] = await readdir(directory).catch(() => []);
  const foreign = names.find((name) => !OWN.test(name));
  if (foreign === undefined || names.includes('oci-layout')) return;
  throw new LadingError('input', `${directory} is no image layout and holds other files, as ${foreign}`, {
    code: 'OUTPUT_TAKEN',
    hint: 'Name a folder of its own with --output: it will be made.',
  });
}

const sidecar = v.object({ origins: v.record(v.string(), v.array(v.string())) });

/** Digest → repositories that have the blob, for blobs that the layout only names. */
export async function readOrigins(directory: string): Promise<Map<string, readonly string[]>> {
  const file = join(directory, 'lading.json');
  const bytes = await readOwnFile(file, MANIFEST_LIMIT);
  if (!bytes) return new Map();
  return new Map(Object.entries(reading(file, () => parseJson(sidecar, bytes, 'it').origins)));
}

export async function writeOrigins(directory: string, origins: ReadonlyMap<string, readonly string[]>): Promise<void> {
  const file = join(directory, 'lading.json');
  if (origins.size === 0) await rm(file, { force: true });
  else await replaceFile(file, `${JSON.stringify({ origins: Object.fromEntries(origins) })}\n`);
}

/** A layout that lacks something that it names. */
export function incomplete(directory: string, what: string): LadingError {
  return new LadingError('input', `${directory} lacks ${what}`, {
    code: 'LAYOUT_DAMAGED',
    hint: `Make the image in ${directory} again, or take another.`,
  });
}

/** A file of the layout that is not what it should be is told by its name. */
export function reading<Result>(file: string, read: () => Result): Result {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof LadingError)) throw cause;
    throw new LadingError('input', `${file} is damaged: ${cause.message}`, {
      code: 'LAYOUT_DAMAGED',
      hint: 'Remove the folder, and build again.',
      cause,
    });
  }
}
