import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { LadingError } from '../../base/errors.js';
import { checksumOf, FIRST_TIME, timeOf } from './content-time.js';
import { unreadable } from './disk.js';
import type { Entry } from './entry.js';
import type { Owner } from './tar-header.js';
import { asLatin, isPlainLink, MAX_OCTAL, paxBlocks, paxRecord, splitName, writeHeader } from './tar-header.js';

/** Unit of reading, hashing and compressing. Part of the format: another size gives other digests. */
export const CHUNK = 1 << 20;

export interface TarOptions extends Owner {
  /** Filled again and again: each view is good until the next. */
  readonly buffer?: Buffer;
}

/**
 * A layer's archive: ustar, with PAX records where ustar cannot say it. Equal entries give equal bytes anywhere: order,
 * owners and modes are fixed, and times do not come from the disk.
 * Every piece is a multiple of 512 bytes and so is the buffer: only file contents ever cross its end.
 */
export function* tarChunks(entries: Iterable<Entry>, options: TarOptions): Generator<Buffer, void, void> {
  const buffer = options.buffer ?? Buffer.allocUnsafe(CHUNK);
  let spare: Buffer | undefined;
  let fill = 0;
  for (const entry of entries) {
    const records = recordsOf(entry);
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
    const head = fill;
    fill += 512;
    if (entry.size === 0) {
      writeEntry(buffer, head, entry, FIRST_TIME, options);
      continue;
    }
    const file = openForReading(entry);
    try {
      if (entry.size <= CHUNK - fill) {
        // The header is written last: it tells the time, which is made from what was read.
        for (let got = 0; got < entry.size;) got += readPiece(file, buffer, fill + got, entry.size - got, entry);
        writeEntry(buffer, head, entry, timeOf(crc32(buffer.subarray(fill, fill + entry.size))), options);
        fill += entry.size;
      } else {
        spare ??= Buffer.allocUnsafe(CHUNK);
        writeEntry(buffer, head, entry, timeOf(checksumOf(file, entry.size, spare)), options);
        for (let got = 0; got < entry.size;) {
          if (fill === CHUNK) {
            yield buffer;
            fill = 0;
          }
          const read = readPiece(file, buffer, fill, Math.min(entry.size - got, CHUNK - fill), entry);
          got += read;
          fill += read;
        }
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

function recordsOf(entry: Entry): string {
  const name = nameOf(entry);
  const link = entry.link ?? '';
  return (
    (splitName(name) ? '' : paxRecord('path', name)) +
    (isPlainLink(link) ? '' : paxRecord('linkpath', link)) +
    (entry.size > MAX_OCTAL ? paxRecord('size', String(entry.size)) : '')
  );
}

function writeEntry(out: Buffer, at: number, entry: Entry, mtime: number, owner: Owner): void {
  const name = nameOf(entry);
  const split = splitName(name);
  const link = entry.link ?? '';
  const fields = {
    name: split?.[0] ?? asLatin(name),
    prefix: split?.[1] ?? '',
    mode: entry.mode,
    size: entry.size,
    type: entry.type === 'folder' ? '5' : entry.type === 'link' ? '2' : '0',
    link: isPlainLink(link) ? link : asLatin(link),
    mtime: entry.time ?? mtime,
  };
  writeHeader(out, at, fields, owner);
}

function nameOf(entry: Entry): string {
  return entry.type === 'folder' ? `${entry.name}/` : entry.name;
}

function readPiece(file: number, into: Buffer, at: number, length: number, entry: Entry): number {
  const read = readSync(file, into, at, length, null);
  if (read === 0) throw changed(entry);
  return read;
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
