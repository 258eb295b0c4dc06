import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { LadingError } from '../../base/errors.js';
import { unreadable } from './disk.js';
import type { Entry } from './entry.js';

/** Unit of reading, hashing and compressing. Part of the format: another size gives other digests. */
export const CHUNK = 1 << 20;

export interface TarOptions {
  readonly uid: number;
  readonly gid: number;
  /** Filled again and again: each view is good until the next. */
  readonly buffer?: Buffer;
}

const MAX_OCTAL = 8 ** 11 - 1;
const PLAIN = /^[\x20-\x7e]*$/;
/** 2000-01-01, where the times of served files begin. */
const SERVED_EPOCH = 946_684_800;

/**
 * A layer's archive: ustar, with PAX records where ustar cannot say it. Equal entries give equal bytes anywhere: order,
 * owners and modes are fixed, and times do not come from the disk.
 * Every piece is a multiple of 512 bytes and so is the buffer: only file contents ever cross its end.
 */
export function* tarChunks(entries: Iterable<Entry>, options: TarOptions): Generator<Buffer, void, void> {
  const buffer = options.buffer ?? Buffer.allocUnsafe(CHUNK);
  const header = (at: number, fields: HeaderFields) => writeHeader(buffer, at, fields, options);
  let fill = 0;
  for (const entry of entries) {
    const name = entry.type === 'folder' ? `${entry.name}/` : entry.name;
    const split = splitName(name);
    const link = entry.link ?? '';
    const plainLink = link.length <= 100 && PLAIN.test(link);
    const records =
      (split ? '' : paxRecord('path', name)) +
      (plainLink ? '' : paxRecord('linkpath', link)) +
      (entry.size > MAX_OCTAL ? paxRecord('size', String(entry.size)) : '');
    if (records !== '') {
      for (const block of paxBlocks(records, options)) {
        if (fill === CHUNK) {
          yield buffer;
          fill = 0;
        }
        block.copy(buffer, fill);
        fill += 512;
      }
    }
    if (fill === CHUNK) {
      yield buffer;
      fill = 0;
    }
    header(fill, {
      name: split?.[0] ?? asLatin(name),
      prefix: split?.[1] ?? '',
      mode: entry.mode,
      size: entry.size,
      type: entry.type === 'folder' ? '5' : entry.type === 'link' ? '2' : '0',
      link: plainLink ? link : asLatin(link),
      mtime: entry.served ? servedTime(entry) : 0,
    });
    fill += 512;
    if (entry.size === 0) continue;
    const file = openForReading(entry);
    try {
      for (let got = 0; got < entry.size;) {
        if (fill === CHUNK) {
          yield buffer;
          fill = 0;
        }
        const read = readSync(file, buffer, fill, Math.min(entry.size - got, CHUNK - fill), null);
        if (read === 0) throw changed(entry);
        got += read;
        fill += read;
      }
      if (fstatSync(file).size !== entry.size) throw changed(entry);
    } finally {
      closeSync(file);
    }
    const padding = -entry.size & 511;
    buffer.fill(0, fill, fill + padding);
    fill += padding;
  }
  for (let block = 0; block < 2; block++) {
    if (fill === CHUNK) {
      yield buffer;
      fill = 0;
    }
    buffer.fill(0, fill, fill + 512);
    fill += 512;
  }
  yield buffer.subarray(0, fill);
}

interface HeaderFields {
  readonly name: string;
  readonly prefix: string;
  readonly mode: number;
  readonly size: number;
  readonly type: string;
  readonly link: string;
  /** Seconds since 1970. */
  readonly mtime: number;
}

/** https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06 */
function writeHeader(out: Buffer, at: number, fields: HeaderFields, owner: TarOptions): void {
  out.fill(0, at, at + 512);
  out.write(fields.name, at, 100, 'latin1');
  octal(out, at + 100, 8, fields.mode);
  octal(out, at + 108, 8, owner.uid);
  octal(out, at + 116, 8, owner.gid);
  octal(out, at + 124, 12, Math.min(fields.size, MAX_OCTAL));
  octal(out, at + 136, 12, fields.mtime);
  out.fill(32, at + 148, at + 156);
  out.write(fields.type, at + 156, 1, 'latin1');
  out.write(fields.link, at + 157, 100, 'latin1');
  out.write('ustar\u000000', at + 257, 8, 'latin1');
  out.write(fields.prefix, at + 345, 155, 'latin1');
  let sum = 0;
  for (let i = at; i < at + 512; i++) sum += out[i] as number;
  octal(out, at + 148, 7, sum);
  out[at + 155] = 32;
}

function octal(out: Buffer, at: number, width: number, value: number): void {
  let rest = value;
  for (let i = at + width - 2; i >= at; i--) {
    out[i] = 48 + (rest % 8);
    rest = Math.floor(rest / 8);
  }
  out[at + width - 1] = 0;
}

/** Name and prefix of a ustar header; undefined when only PAX can say it. */
export function splitName(name: string): readonly [string, string] | undefined {
  if (!PLAIN.test(name)) return undefined;
  if (name.length <= 100) return [name, ''];
  const slash = name.indexOf('/', name.length - 101);
  if (slash <= 0 || slash > 155 || slash === name.length - 1) return undefined;
  return [name.slice(slash + 1), name.slice(0, slash)];
}

/** `<length> <key>=<value>\n`, where the length counts itself, in bytes and not characters. */
export function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}

function* paxBlocks(records: string, owner: TarOptions): Generator<Buffer> {
  const body = Buffer.from(records);
  const blocks = Buffer.alloc(512 + Math.ceil(body.length / 512) * 512);
  writeHeader(
    blocks,
    0,
    { name: 'PaxHeader', prefix: '', mode: 0o644, size: body.length, type: 'x', link: '', mtime: 0 },
    owner,
  );
  body.copy(blocks, 512);
  for (let at = 0; at < blocks.length; at += 512) yield blocks.subarray(at, at + 512);
}

/** For readers that know no PAX: the bytes of the UTF-8 form, cut. */
function asLatin(name: string): string {
  return Buffer.from(name).toString('latin1').slice(0, 99);
}

/**
 * With one time for all, Next.js (ETag = size and time) answers 304 for another file of the same size. So the time is
 * made from the content; not from the commit, which would renew every layer with every commit.
 */
function servedTime(entry: Entry): number {
  const hash = createHash('sha256');
  const file = openForReading(entry);
  const piece = Buffer.allocUnsafe(Math.min(CHUNK, Math.max(1, entry.size)));
  try {
    for (let read = readSync(file, piece); read > 0; read = readSync(file, piece)) hash.update(piece.subarray(0, read));
  } finally {
    closeSync(file);
  }
  return SERVED_EPOCH + (hash.digest().readUInt32BE(0) >>> 3);
}

function openForReading(entry: Entry): number {
  try {
    return openSync(entry.file, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (cause) {
    throw unreadable(entry.file, cause);
  }
}

function changed(entry: Entry): LadingError {
  return new LadingError('input', `${entry.file} changed while it was read`, {
    code: 'CHANGED',
    hint: 'Build again when nothing writes to the folder.',
  });
}
