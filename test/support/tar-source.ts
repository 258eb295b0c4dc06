import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A path of so many characters, with one separator. */
const longPath = (count: number) => `${'d'.repeat(48)}/${'e'.repeat(count - 49)}`;

/** A folder with what is hard to pack: names at the limits of the header, sizes at those of a block, links, modes. */
export function writeTarSource(source: string): void {
  const put = (name: string, bytes: string | Buffer, mode = 0o644) => {
    mkdirSync(dirname(join(source, name)), { recursive: true });
    writeFileSync(join(source, name), bytes);
    chmodSync(join(source, name), mode);
  };
  for (const count of [98, 99, 100, 101, 102]) put(longPath(count), String(count));
  put(`${'x'.repeat(120)}/${'y'.repeat(140)}`, 'both too long');
  put('ünïcode/名前.txt', 'ö');
  put('empty', '');
  put('blocks/511', Buffer.alloc(511, 1));
  put('blocks/512', Buffer.alloc(512, 2));
  put('blocks/513', Buffer.alloc(513, 3));
  put('large', Buffer.alloc(3 * (1 << 20) + 17, 'lading'));
  put('run.sh', '#!/bin/sh\n', 0o700);
  mkdirSync(join(source, 'nothing'));
  symlinkSync('run.sh', join(source, 'link'));
  symlinkSync(`${'x'.repeat(120)}/${'y'.repeat(140)}`, join(source, 'long-link'));
}
