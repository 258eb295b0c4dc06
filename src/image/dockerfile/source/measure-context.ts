import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { formatBytes } from '../../../base/bytes.js';
import type { Context } from '../../../base/context.js';
import { LadingError } from '../../../base/errors.js';
import { say } from '../../../base/tell/report.js';
import type { Choice } from '../../layer/ignore.js';
import type { IgnoreFile } from './ignore-file.js';

export const DEFAULT_LIMIT = 2e9;
/** From here on it costs minutes in many a job, and hardly anybody means it. */
const MUCH = 300e6;
/** Folders that a build makes by itself, wherever they stand. */
const MADE = new Set(['node_modules', '.git', '.next', '.venv', 'venv', '__pycache__', '.cache', '.turbo', '.gradle']);
const LISTED = 6;

export interface Measured {
  readonly bytes: number;
  readonly files: number;
  /** Lines for `.dockerignore` with the bytes that each would leave out, the largest first. */
  readonly parts: readonly { readonly line: string; readonly bytes: number }[];
}

/** Bytes of the files that an engine is given of a folder. What cannot be read is the engine's to tell. */
export async function measureContext(folder: string, accepts: Choice, signal: AbortSignal): Promise<Measured> {
  const parts = new Map<string, number>();
  let bytes = 0;
  let files = 0;
  async function walk(inside: string, part: string | undefined): Promise<void> {
    await nextTurn();
    signal.throwIfAborted();
    for (const item of listed(join(folder, inside))) {
      const path = inside === '' ? item.name : `${inside}/${item.name}`;
      if (accepts(path, item.isDirectory()) === false) continue;
      const own = MADE.has(item.name) ? `**/${item.name}` : (part ?? `/${item.name}`);
      if (item.isDirectory()) await walk(path, part?.startsWith('**/') ? part : own);
      else if (item.isFile()) {
        const size = lstatSync(join(folder, path), { throwIfNoEntry: false })?.size ?? 0;
        bytes += size;
        files++;
        const line = part ?? own;
        parts.set(line, (parts.get(line) ?? 0) + size);
      }
    }
  }
  await walk('', undefined);
  const sorted = [...parts].map(([line, size]) => ({ line, bytes: size })).sort((a, b) => b.bytes - a.bytes);
  return { bytes, files, parts: sorted };
}

function listed(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** Refuses a context over the limit, with what is in it; warns of one that is large. */
export async function checkContext(
  app: string,
  ignore: IgnoreFile,
  limit: number,
  context: Pick<Context, 'report' | 'signal'>,
): Promise<void> {
  const { bytes, files, parts } = await measureContext(app, ignore.accepts, context.signal);
  if (bytes <= Math.min(limit, MUCH)) return;
  const large = parts.filter((part) => part.bytes >= bytes / 50).slice(0, LISTED);
  const inside = large.map((part) => `${part.line.replace(/^(\*\*)?\//, '')} ${formatBytes(part.bytes)}`).join(', ');
  const message = `the folder that the engine is given, ${app}, has ${formatBytes(bytes)} in ${files} files (${inside})`;
  const lines = large.map((part) => part.line).join(', ');
  const file = ignore.path ?? join(app, '.dockerignore');
  if (bytes <= limit) {
    say(
      context.report,
      'warning',
      message,
      `What the image does not need may be left out: lines for ${file}: ${lines}`,
    );
    return;
  }
  throw new LadingError('input', `${message}: more than ${formatBytes(limit)}`, {
    code: 'CONTEXT_TOO_LARGE',
    hint: `Add the lines of what the image does not need to ${file}, each on its own: ${lines}; or allow more with --context-limit.`,
    details: { bytes, files, limit, ignoreFile: file, parts: large },
  });
}
