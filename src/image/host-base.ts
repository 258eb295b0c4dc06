import { lstatSync, realpathSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { arch, platform, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Context } from '../base/context.js';
import { LadingError } from '../base/errors.js';
import { pathExists } from '../base/files/files.js';
import type { ImageConfig } from '../oci/config.js';
import { encodeManifest } from '../oci/manifest.js';
import { mediaTypes } from '../oci/media-type.js';
import { bytesBlob } from '../oci/memory.js';
import type { Entry } from './layer/entry.js';
import { sortEntries, withParents } from './layer/entry.js';
import { compressLayer } from './layer/layer.js';
import type { Layout } from './layout/layout.js';
import { openLayout } from './layout/layout.js';

export interface HostNode {
  /** Absolute path of the Node binary. */
  readonly binary: string;
  readonly version: string;
}

/**
 * A base image from this computer's own Node and the libraries that it loads, as a layout with the Node version as tag;
 * nothing is downloaded. For rehearsals, tests and benchmarks: such a base gets no security updates and has no shell.
 * A layout that is there is used again.
 */
export async function writeHostBase(
  directory: string,
  node: HostNode,
  context: Pick<Context, 'exec' | 'signal'>,
): Promise<Layout> {
  const layout = await openLayout(directory);
  if (await layout.manifest(node.version)) return layout;
  if (platform() !== 'linux') {
    throw new LadingError('tool', `a base image cannot be made from a ${platform()} computer`, {
      code: 'NOT_LINUX',
      hint: 'Name a base image with --base, as node:22-slim.',
    });
  }
  const scratch = await mkdtemp(join(tmpdir(), 'lading-base-'));
  try {
    const entries = await collect(node, scratch, context);
    const options = { uid: 0, gid: 0, compression: 'gzip' as const, scratch, signal: context.signal };
    const layer = await compressLayer({ kind: 'base', entries }, options);
    await layout.put(layer.blob);
    layer.discard();
    const config = bytesBlob(Buffer.from(JSON.stringify(configOf(node, layer.diffId))));
    await layout.put(config);
    const manifest = encodeManifest({
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config: { mediaType: mediaTypes.ociConfig, digest: config.digest, size: config.size },
      layers: [layer.descriptor],
    });
    await layout.putManifest(manifest, node.version);
    // One Node is enough, and each has some 40 MB.
    for (const tag of await layout.tags()) if (tag !== node.version) await layout.untag(tag);
    await layout.sweep();
    return layout;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function collect(node: HostNode, scratch: string, context: Pick<Context, 'exec' | 'signal'>): Promise<Entry[]> {
  const { stdout } = await context.exec('ldd', [node.binary], { signal: context.signal });
  const libraries: string[] = [...(stdout.match(/\/\S+/g) ?? [])];
  const beside = dirname(libraries.find((library) => basename(library).startsWith('libc.so')) ?? '/lib/x');
  // sharp's libvips loads these, Node itself does not.
  for (const name of ['libresolv.so.2', 'librt.so.1']) {
    if (await pathExists(join(beside, name))) libraries.push(join(beside, name));
  }
  const entries = libraries.map((library) => fileEntry(library.slice(1), realpathSync(library), 0o755));
  entries.push(fileEntry('usr/local/bin/node', realpathSync(node.binary), 0o755));
  const certificates = '/etc/ssl/certs/ca-certificates.crt';
  if (await pathExists(certificates)) entries.push(fileEntry(certificates.slice(1), realpathSync(certificates), 0o644));
  const texts: Readonly<Record<string, string>> = {
    'etc/passwd': 'root:x:0:0:root:/root:/sbin/nologin\nnode:x:1000:1000::/home/node:/sbin/nologin\n',
    'etc/group': 'root:x:0:\nnode:x:1000:\n',
    'etc/nsswitch.conf': 'hosts: files dns\n',
  };
  await mkdir(scratch, { recursive: true });
  for (const [name, text] of Object.entries(texts)) {
    const file = join(scratch, basename(name));
    await writeFile(file, text);
    entries.push(fileEntry(name, file, 0o644));
  }
  const folders: Entry[] = [
    { name: 'tmp', type: 'folder', file: '', size: 0, mode: 0o1777 },
    { name: 'home/node', type: 'folder', file: '', size: 0, mode: 0o755 },
  ];
  const unique = new Map([...entries, ...folders].map((entry) => [entry.name, entry]));
  return sortEntries(withParents([...unique.values()]));
}

function fileEntry(name: string, file: string, mode: number): Entry {
  if (!lstatSync(file).isFile()) throw new LadingError('tool', `${file} is no file`, { code: 'NO_FILE' });
  return { name, type: 'file', file, size: statSync(file).size, mode };
}

function configOf(node: HostNode, diffId: string): ImageConfig {
  const created = '1970-01-01T00:00:00Z';
  return {
    architecture: arch() === 'x64' ? 'amd64' : arch(),
    os: 'linux',
    created,
    config: {
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', `NODE_VERSION=${node.version}`],
      Cmd: ['node'],
    },
    rootfs: { type: 'layers', diff_ids: [diffId] },
    history: [{ created, created_by: 'the node of this computer' }],
  };
}
