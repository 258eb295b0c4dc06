import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { LadingError } from '../base/errors.js';
import type { ImageConfig } from '../oci/config.js';
import type { Entry } from './layer/entry.js';

export type Libc = 'glibc' | 'musl';

/** ELF machine numbers, by the names of images. https://gabi.xinuos.com/elf/a-emachine.html */
const machines: Readonly<Record<number, string>> = {
  0x3e: 'amd64',
  0xb7: 'arm64',
  0x28: 'arm',
  0x03: '386',
  0x16: 's390x',
  0x15: 'ppc64le',
  0xf3: 'riscv64',
};

/** By what the base's history and variables tell: Alpine is musl, what else there is uses glibc. */
export function libcOf(config: ImageConfig, name: string): Libc {
  const told = JSON.stringify(config.history ?? []) + name;
  return /alpine|musl/i.test(told) ? 'musl' : 'glibc';
}

/**
 * Refuses packages whose native modules were all built for another machine or C library than the image's. A package
 * that ships several builds, or has a sibling for this one (`@img/sharp-linux-x64` beside `…-linuxmusl-x64`), is fine.
 */
export function checkNativeModules(entries: readonly Entry[], architecture: string, libc: Libc): void {
  const families = new Map<string, { fits: boolean; misfits: string[] }>();
  for (const entry of entries) {
    if (entry.type !== 'file' || !/\.node$|\.so(\.\d+)*$/.test(entry.name)) continue;
    const name = packageOf(entry.name);
    if (name === undefined) continue;
    const header = readElf(entry.file);
    if (!header) continue;
    const family = families.get(familyOf(name)) ?? { fits: false, misfits: [] };
    families.set(familyOf(name), family);
    const wanted = libcByName(name) ?? libcByBytes(entry.file) ?? libc;
    if (header.architecture === architecture && wanted === libc) family.fits = true;
    else family.misfits.push(`${name} (${header.architecture}, ${wanted})`);
  }
  const wrong = [...families.values()].filter((family) => !family.fits).map((family) => family.misfits[0] ?? '');
  if (wrong.length === 0) return;
  const npmCpu = architecture === 'amd64' ? 'x64' : architecture;
  throw new LadingError(
    'input',
    `native modules are built for another system than the image (${architecture}, ${libc}): ${wrong.join(', ')}`,
    {
      code: 'NATIVE_MODULE_MISFIT',
      hint: `Install with \`npm ci --os=linux --cpu=${npmCpu} --libc=${libc}\`, or choose another base image.`,
      details: { packages: wrong },
    },
  );
}

function packageOf(name: string): string | undefined {
  return /.*(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(name)?.[1];
}

function libcByName(name: string): Libc | undefined {
  if (/musl/.test(name)) return 'musl';
  return /gnu|glibc|linux-(x64|arm64)$/.test(name) ? 'glibc' : undefined;
}

/** The name of the C library that the module asks its loader for. */
function libcByBytes(file: string): Libc | undefined {
  const bytes = readFileSync(file);
  if (bytes.includes('libc.musl-')) return 'musl';
  return bytes.includes('libc.so.6') ? 'glibc' : undefined;
}

function familyOf(name: string): string {
  return name.replace(/[-_.]?(linuxmusl|linux|musl|gnu|glibc|darwin|win32|x64|amd64|arm64|aarch64|x86_64)/g, '');
}

function readElf(file: string): { readonly architecture: string } | undefined {
  const header = Buffer.alloc(20);
  const handle = openSync(file, 'r');
  try {
    if (readSync(handle, header, 0, 20, 0) < 20) return undefined;
  } finally {
    closeSync(handle);
  }
  if (header.readUInt32BE(0) !== 0x7f454c46) return undefined;
  const machine = header[5] === 2 ? header.readUInt16BE(18) : header.readUInt16LE(18);
  return { architecture: machines[machine] ?? `machine ${machine}` };
}
