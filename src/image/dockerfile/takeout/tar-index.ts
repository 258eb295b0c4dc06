import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { posix } from 'node:path';
import type { Readable } from 'node:stream';
import { ToolError } from '../../../base/errors.js';

/** A tar archive on this disk whose files are read where they lie: of most nothing is ever read. */
export interface TarIndex {
  readonly path: string;
  readonly files: ReadonlyMap<string, Span>;
}

export interface Span {
  /** Offset of the first byte. */
  readonly at: number;
  readonly size: number;
}

const BLOCK = 512;
/** An image has some hundred files: layers and what describes them. */
const MOST_FILES = 20_000;
/** Names that are longer than this are nobody's. */
const MOST_NAME = 64 << 10;

/** Reads the headers only. Links within the archive, by which old engines name a layer twice, are followed. */
export async function indexTar(path: string): Promise<TarIndex> {
  const handle = await open(path, 'r');
  try {
    return { path, files: await readHeaders(path, handle) };
  } finally {
    await handle.close();
  }
}

async function readHeaders(path: string, handle: FileHandle): Promise<ReadonlyMap<string, Span>> {
  const { size: end } = await handle.stat();
  const files = new Map<string, Span>();
  const links = new Map<string, string>();
  let longName: string | undefined;
  let longLink: string | undefined;
  let longSize: number | undefined;
  for (let at = 0; at + BLOCK <= end;) {
    const header = await readAt(handle, at, BLOCK);
    if (header.every((byte) => byte === 0)) break;
    const type = String.fromCharCode(header[156] ?? 0);
    const size = (type !== 'x' && longSize) || numberIn(header.subarray(124, 136));
    const from = at + BLOCK;
    if (!Number.isSafeInteger(size) || size < 0 || from + size > end)
      throw damaged(path, `it ends within ${nameIn(header)}`);
    at = from + Math.ceil(size / BLOCK) * BLOCK;
    if (type === 'x' || type === 'L' || type === 'K' || type === 'g') {
      if (size > MOST_NAME) throw damaged(path, 'a name in it is too long');
      if (type === 'g') continue;
      const bytes = await readAt(handle, from, size);
      const text = bytes.toString('utf8').replace(/\0+$/, '');
      if (type === 'L') longName = text;
      else if (type === 'K') longLink = text;
      else {
        const records = paxRecords(bytes);
        longName = records.get('path') ?? longName;
        longLink = records.get('linkpath') ?? longLink;
        longSize = records.has('size') ? Number(records.get('size')) : undefined;
      }
      continue;
    }
    const name = posix.normalize(longName ?? nameIn(header));
    if (type === '0' || type === '\0' || type === '7') files.set(name, { at: from, size });
    if (type === '1' || type === '2') {
      const target = longLink ?? textIn(header.subarray(157, 257));
      links.set(name, posix.normalize(type === '1' ? target : posix.join(posix.dirname(name), target)));
    }
    if (files.size + links.size > MOST_FILES) throw damaged(path, 'it has too many files');
    longName = longLink = longSize = undefined;
  }
  for (const [name, target] of links) {
    const span = files.get(target) ?? files.get(links.get(target) ?? '');
    if (span) files.set(name, span);
  }
  return files;
}

async function readAt(handle: FileHandle, at: number, size: number): Promise<Buffer> {
  const bytes = Buffer.alloc(size);
  await handle.read(bytes, 0, size, at);
  return bytes;
}

function nameIn(header: Buffer): string {
  const prefix = header.toString('latin1', 257, 262) === 'ustar' ? textIn(header.subarray(345, 500)) : '';
  return `${prefix === '' ? '' : `${prefix}/`}${textIn(header.subarray(0, 100))}`;
}

function textIn(field: Buffer): string {
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? field.length : end);
}

/** Octal digits, or base 256 for what is larger. */
function numberIn(field: Buffer): number {
  if (((field[0] ?? 0) & 0x80) === 0) return Number.parseInt(textIn(field).trim() || '0', 8);
  return field.subarray(1).reduce((value, byte) => value * 256 + byte, (field[0] ?? 0) & 0x7f);
}

function paxRecords(bytes: Buffer): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < bytes.length;) {
    const blank = bytes.indexOf(0x20, at);
    const length = Number(bytes.toString('latin1', at, blank));
    if (blank < 0 || !Number.isSafeInteger(length) || length <= 0) break;
    const [name = '', ...value] = bytes.toString('utf8', blank + 1, at + length - 1).split('=');
    records.set(name, value.join('='));
    at += length;
  }
  return records;
}

/** Undefined when the archive has no such file. */
export async function readSmall(tar: TarIndex, name: string, limit: number): Promise<Buffer | undefined> {
  const span = tar.files.get(name);
  if (!span) return undefined;
  if (span.size > limit) throw damaged(tar.path, `${name} has ${span.size} bytes`);
  const handle = await open(tar.path, 'r');
  try {
    return await readAt(handle, span.at, span.size);
  } finally {
    await handle.close();
  }
}

export function openSpan(tar: TarIndex, { at, size }: Span): Readable {
  return createReadStream(tar.path, { start: at, end: at + size - 1, highWaterMark: 1 << 20 });
}

/** What an engine wrote is not what it should be. */
export function damaged(path: string, why: string): ToolError {
  return new ToolError('tool', `the image that the engine wrote to ${path} cannot be read: ${why}`, {
    code: 'ENGINE_FAILED',
    hint: 'Build again; when it is so again, take another engine with --engine.',
  });
}
