import { gzipSync } from 'node:zlib';
import type { Header } from 'tar-stream';
import { pack } from 'tar-stream';

/** An entry of a tar, its header written as it is given. */
export type LayerEntry = Partial<Header> & { readonly name: string; readonly text?: string };

export interface HostileImage {
  readonly manner: string;
  /** Layers from the bottom, given the absolute path of a folder that is none of theirs. */
  readonly layers: (outside: string) => readonly (readonly LayerEntry[])[];
}

const file = (name: string, more: Partial<LayerEntry> = {}): LayerEntry => ({ name, text: 'overwritten', ...more });
const folder = (name: string): LayerEntry => ({ name, type: 'directory' });
const link = (name: string, linkname: string): LayerEntry => ({ name, type: 'symlink', linkname });
const hardLink = (name: string, linkname: string): LayerEntry => ({ name, type: 'link', linkname });

/** Images that tried to change a file beside the folder of the image: `../outside/kept`, `../outside/folder/kept`. */
export const hostileImages: readonly HostileImage[] = [
  { manner: 'a name with ..', layers: () => [[file('../outside/kept'), file('a/../../outside/kept')]] },
  { manner: 'an absolute name', layers: (outside) => [[file(`${outside}/kept`)]] },
  { manner: 'a name of dots only', layers: () => [[folder('..'), file('..'), file('a/..'), file('.')]] },
  {
    manner: 'a link out and a file through it',
    layers: (outside) => [[link('way', outside), file('way/kept'), file('way/folder/new'), folder('way/made')]],
  },
  {
    manner: 'a relative link out and a file through it',
    layers: () => [[link('way', '../outside'), file('way/kept'), folder('a'), link('a/way', '../../outside')]],
  },
  {
    manner: 'links that lead out only together',
    layers: () => [
      [folder('a'), link('a/up', '..'), link('b', 'a/up/..'), file('b/outside/kept'), folder('b/outside')],
    ],
  },
  {
    manner: 'a link in one layer, the file in the next',
    layers: (outside) => [[link('way', outside)], [file('way/kept')]],
  },
  {
    manner: 'a link in place of a folder that was there',
    layers: (outside) => [
      [folder('way'), file('way/kept')],
      [link('way', outside), file('way/kept')],
    ],
  },
  {
    manner: 'a file, a folder or a device over a link out',
    layers: (outside) => [
      [link('kept', `${outside}/kept`), link('folder', outside), link('pipe', `${outside}/kept`)],
      [file('kept'), folder('folder'), file('folder/kept'), { name: 'pipe', type: 'fifo' }],
    ],
  },
  {
    manner: 'a hard link out and a file over it',
    layers: (outside) => [
      [hardLink('one', `${outside}/kept`)],
      [hardLink('two', '../outside/kept')],
      [link('way', outside), hardLink('three', 'way/kept')],
      [hardLink('way/four', 'way/kept'), file('one'), file('two')],
    ],
  },
  {
    manner: 'a hard link to a link out, and a file through it',
    layers: (outside) => [[link('way', outside), hardLink('again', 'way'), file('again/kept')]],
  },
  { manner: 'the whiteout of its own folder', layers: () => [[file('a/b')], [file('a/.wh..')], [file('.wh..')]] },
  { manner: 'the whiteout of the folder above', layers: () => [[file('.wh...')], [file('a/.wh...')]] },
  { manner: 'the whiteout of nothing', layers: () => [[file('.wh.')], [file('../.wh.')]] },
  { manner: 'a whiteout with a name that leads out', layers: () => [[file('.wh./../../outside/kept')]] },
  { manner: 'a whiteout outside', layers: () => [[file('../.wh.outside'), file('../outside/.wh.kept')]] },
  {
    manner: 'a whiteout below a link out',
    layers: (outside) => [[link('way', outside)], [file('way/.wh.kept'), file('way/folder/.wh.kept')]],
  },
  {
    manner: 'the whiteout of a link out',
    layers: (outside) => [[link('way', outside)], [file('.wh.way')]],
  },
  {
    manner: 'an opaque whiteout below a link out',
    layers: (outside) => [[link('way', outside)], [file('way/.wh..wh..opq')]],
  },
  {
    manner: 'an opaque whiteout outside',
    layers: () => [[file('../outside/.wh..wh..opq'), file('../.wh..wh..opq')]],
  },
  {
    manner: 'an opaque whiteout over links out',
    layers: (outside) => [
      [folder('a'), link('a/way', outside)],
      [file('a/.wh..wh..opq'), file('.wh..wh..opq')],
    ],
  },
  {
    manner: 'a link to itself and a file through it',
    layers: () => [[link('a', 'b'), link('b', 'a'), file('a/kept')]],
  },
  {
    manner: 'a name with NUL',
    layers: () => [[file('a\0ü/../../outside/kept')], [link('a', `../outside\0/kept${'x'.repeat(100)}`)]],
  },
];

/** A layer as it stands in a registry, compressed with gzip. */
export async function layerOf(entries: readonly LayerEntry[]): Promise<Buffer> {
  const archive = pack();
  for (const { text = '', ...header } of entries) {
    const size = header.type === undefined || header.type === 'file' ? Buffer.byteLength(text) : 0;
    archive.entry({ ...header, size }, size > 0 ? text : '');
  }
  archive.finalize();
  const pieces: Buffer[] = [];
  for await (const piece of archive) pieces.push(piece as Buffer);
  return gzipSync(Buffer.concat(pieces));
}
