/** Whose the files are, in numbers. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

export interface HeaderFields {
  readonly name: string;
  readonly prefix: string;
  readonly mode: number;
  readonly size: number;
  readonly type: string;
  readonly link: string;
  /** Seconds since 1970. */
  readonly mtime: number;
}

/** The most that a ustar header can say: 11 octal digits. */
export const MAX_OCTAL = 8 ** 11 - 1;
const PLAIN = /^[\x20-\x7e]*$/;

/** 512 bytes at `at`. https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06 */
export function writeHeader(out: Buffer, at: number, fields: HeaderFields, owner: Owner): void {
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

/** The target of a link that a ustar header can say. */
export function isPlainLink(link: string): boolean {
  return link.length <= 100 && PLAIN.test(link);
}

/** `<length> <key>=<value>\n`, where the length counts itself, in bytes and not characters. */
export function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}

export function* paxBlocks(records: string, owner: Owner): Generator<Buffer> {
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
export function asLatin(name: string): string {
  return Buffer.from(name).toString('latin1').slice(0, 99);
}
