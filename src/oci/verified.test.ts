import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LadingError } from '../base/errors.js';
import { digestOf } from './digest.js';
import { collect, refuseBytes, verified } from './verified.js';

const whole = Buffer.from('0123456789');
const expected = { digest: digestOf(whole), size: whole.length };
const refuse = refuseBytes('here', expected);
const read = async (stream: Readable) => {
  const parts: Buffer[] = [];
  let error: unknown;
  try {
    for await (const part of stream) parts.push(part as Buffer);
  } catch (cause) {
    error = cause;
  }
  return { bytes: Buffer.concat(parts), error };
};

test('right bytes pass, however they are cut; wrong ones are never complete', async () => {
  const pieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 8 });
  const fault = fc.constantFrom('none', 'more', 'fewer', 'other');
  await fc.assert(
    fc.asyncProperty(pieces, fault, async (arrays, kind) => {
      const right = Buffer.concat(arrays);
      const sent = arrays.map((array) => Buffer.from(array));
      if (kind === 'more') sent.push(Buffer.from('x'));
      if (kind !== 'more' && kind !== 'none') {
        const last = sent.pop();
        if (last) sent.push(kind === 'fewer' ? last.subarray(1) : Buffer.from(last.map((byte) => byte ^ 1)));
      }
      const of = { digest: digestOf(right), size: right.length };
      const { bytes, error } = await read(verified(Readable.from(sent), of, refuseBytes('here', of)));
      if (Buffer.concat(sent).equals(right)) {
        expect({ bytes, error }).toEqual({ bytes: right, error: undefined });
        return;
      }
      expect(error).toBeInstanceOf(LadingError);
      expect(bytes.length).toBeLessThan(Math.max(1, right.length));
    }),
  );
});

describe('what is told', () => {
  test.each([
    ['more', [whole, whole], 'more than 10 bytes came'],
    ['fewer', [whole.subarray(3)], 'only 7 of 10 bytes came'],
    ['other', [Buffer.from('9876543210')], 'bytes whose digest is sha256:'],
  ])('%s', async (_name, pieces, words) => {
    const { error } = await read(verified(Readable.from(pieces), expected, refuse));
    expect(error).toMatchObject({ kind: 'remote', code: 'DIGEST_MISMATCH' });
    expect((error as Error).message).toContain(`here: ${expected.digest} was expected and ${words}`);
  });

  test('a source that fails, with its cause', async () => {
    const cause = Object.assign(new Error('the disk is gone'), { code: 'EIO' });
    const source = new Readable({ read: () => source.destroy(cause) });
    const { error } = await read(verified(source, expected, refuse));
    expect(error).toMatchObject({ cause, message: expect.stringContaining('the disk is gone') as string });
  });

  test('a source that knows better what is wrong', async () => {
    const cause = new LadingError('input', 'no such file', { code: 'MISSING' });
    const source = new Readable({ read: () => source.destroy(cause) });
    expect((await read(verified(source, expected, refuse))).error).toBe(cause);
  });
});

test('who stops reading lets the source go', async () => {
  const source = new Readable({ read: () => undefined });
  const stream = verified(source, expected, refuse);
  stream.destroy();
  await expect.poll(() => source.destroyed).toBe(true);
});

test('what is verified for the same digest and size is not hashed again', () => {
  const stream = verified(Readable.from([whole]), expected, refuse);
  expect(verified(stream, expected, refuse)).toBe(stream);
  expect(verified(stream, { ...expected, size: 9 }, refuse)).not.toBe(stream);
});

test('an endless source ends with the first byte too many', async () => {
  let given = 0;
  const source = new Readable({ read: () => void source.push(Buffer.alloc((given += 1000) && 1000)) });
  expect((await read(verified(source, expected, refuse))).bytes.length).toBe(0);
  expect(given).toBeLessThan(200_000);
});

test('collect reads all', async () => {
  expect(await collect(Readable.from([whole, whole]))).toEqual(Buffer.concat([whole, whole]));
});
