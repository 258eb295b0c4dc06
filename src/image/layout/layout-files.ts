import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { LadingError } from '../../base/errors.js';
import { replaceFile } from '../../base/files.js';
import { parseJson } from '../../base/json.js';
import { digestOf } from '../../oci/digest.js';
import type { Descriptor } from '../../oci/manifest.js';
import { parseImageIndex } from '../../oci/manifest.js';
import { mediaTypes } from '../../oci/media-type.js';

/** What a layout may consist of, also when the first build into it broke off. */
const OWN = new Set(['blobs', 'index.json', 'oci-layout', 'lading.json', '.lading-tmp']);

/** Refuses to write an image between files of others. */
export async function checkPlace(directory: string): Promise<void> {
  const names: readonly string[] = await readdir(directory).catch(() => []);
  const foreign = names.find((name) => !OWN.has(name));
  if (foreign === undefined || names.includes('oci-layout')) return;
  throw new LadingError('input', `${directory} is no image layout and holds other files, as ${foreign}`, {
    code: 'OUTPUT_TAKEN',
    hint: 'Name a folder of its own with --output: it will be made.',
  });
}

/** Entries of `index.json`; none where there is no layout yet. */
export async function readIndex(directory: string): Promise<readonly Descriptor[]> {
  const file = join(directory, 'index.json');
  const bytes = await readFile(file).catch(() => undefined);
  if (!bytes) return [];
  return reading(
    file,
    () => parseImageIndex({ digest: digestOf(bytes), mediaType: mediaTypes.ociIndex, bytes }).manifests,
  );
}

const sidecar = v.object({ origins: v.record(v.string(), v.array(v.string())) });

/** Digest → repositories that have the blob, for blobs that the layout only names. */
export async function readOrigins(directory: string): Promise<Map<string, readonly string[]>> {
  const file = join(directory, 'lading.json');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return new Map();
  return new Map(Object.entries(reading(file, () => parseJson(sidecar, text, 'it').origins)));
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

function reading<Result>(file: string, read: () => Result): Result {
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
