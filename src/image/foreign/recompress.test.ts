import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { digestOf } from '../../oci/digest.js';
import { collect } from '../../oci/verified.js';
import type { ForeignLayer } from './foreign-image.js';
import { recompress } from './recompress.js';

let scratch = '';
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'lading-recompress-'));
});
afterAll(() => rmSync(scratch, { recursive: true }));

const options = () => ({ compression: 'gzip' as const, scratch, signal: new AbortController().signal });
function layer(bytes: Buffer, pieces: readonly Buffer[]): ForeignLayer {
  return { diffId: digestOf(bytes), kind: 'COPY . .', size: bytes.length, open: () => Readable.from(pieces) };
}
function cutAt(bytes: Buffer, places: readonly number[]): readonly Buffer[] {
  const sorted = [0, ...places.map((place) => Math.min(place, bytes.length)).sort((a, b) => a - b), bytes.length];
  return sorted.slice(1).map((end, at) => bytes.subarray(sorted[at], end));
}

test('equal archives give equal bytes, however they were compressed before and in whatever pieces they come', async () => {
  const bytes = Buffer.from(Array.from({ length: 2_500_000 }, (_, at) => (at * 2654435761) % 251));
  const place = fc.nat(bytes.length);
  const { descriptor, blob } = await recompress(layer(bytes, [bytes]), 'engine', options());
  expect(gunzipSync(await collect(await blob.open())).equals(bytes)).toBe(true);
  await fc.assert(
    fc.asyncProperty(fc.array(place, { maxLength: 5 }), fc.constantFrom(-1, 1, 9), async (places, level) => {
      const stored = level < 0 ? bytes : gzipSync(bytes, { level });
      const made = await recompress(layer(bytes, cutAt(stored, places)), 'engine', options());
      expect(made.descriptor).toEqual(descriptor);
      made.discard();
    }),
    { numRuns: 12 },
  );
});

test('an empty layer is a layer', async () => {
  const none = Buffer.alloc(0);
  const { blob } = await recompress(layer(none, []), 'engine', options());
  expect(gunzipSync(await collect(await blob.open())).length).toBe(0);
});

test.each<[string, (bytes: Buffer) => Buffer]>([
  ['another archive', (bytes) => Buffer.concat([bytes, Buffer.from('x')])],
  ['an archive that is cut off', (bytes) => gzipSync(bytes).subarray(0, 30)],
  ['an archive that is broken', (bytes) => Buffer.concat([gzipSync(bytes).subarray(0, 12), bytes])],
])('%s is no archive of which its config speaks', async (_name, change) => {
  const bytes = Buffer.from('the layer'.repeat(500));
  await expect(recompress(layer(bytes, [change(bytes)]), 'engine 1', options())).rejects.toMatchObject({
    kind: 'tool',
    code: 'ENGINE_FAILED',
    message: expect.stringContaining('engine 1 gave the layer COPY . . as sha256:') as string,
  });
});

test('a source that breaks off is no archive', async () => {
  const bytes = Buffer.from('x'.repeat(100));
  const broken: ForeignLayer = {
    ...layer(bytes, []),
    open: () =>
      Readable.from(
        (function* () {
          yield gzipSync(bytes).subarray(0, 5);
          throw new Error('disk');
        })(),
      ),
  };
  await expect(recompress(broken, 'engine', options())).rejects.toThrow('disk');
});
