import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKeyPair, keyPairOf, openSealedBox } from '../../sandbox/github/key-pair.js';
import { seal, sealOverhead, sealText } from './sealed-box.js';

const text = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString('utf8');

describe('sealed boxes', () => {
  const pair = createKeyPair('1');

  it('are opened by the recipient alone, whole', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4096 }), (message) => {
        const sealed = seal(message, pair.publicKey);
        expect(sealed.length).toBe(message.length + sealOverhead);
        expect(openSealedBox(sealed, pair)).toEqual(message);
        expect(openSealedBox(sealed, createKeyPair('2'))).toBeUndefined();
      }),
      { numRuns: 25 },
    );
  });

  it('show any change', () => {
    const sealed = seal(Buffer.from('password'), pair.publicKey);
    for (const at of [0, 31, 32, 47, 48, sealed.length - 1]) {
      const changed = Uint8Array.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(openSealedBox(changed, pair)).toBeUndefined();
    }
  });

  it('differ each time', () => {
    const message = Buffer.from('password');
    expect(Buffer.from(seal(message, pair.publicKey)).equals(seal(message, pair.publicKey))).toBe(false);
  });

  it.each([
    ['all zero', new Uint8Array(32)],
    ['one, a point of order 1', Uint8Array.from({ length: 32 }, (_, index) => (index === 0 ? 1 : 0))],
    ['p, which is zero', Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? 0xed : i === 31 ? 0x7f : 0xff))],
    ['31 bytes', new Uint8Array(31).fill(9)],
    ['33 bytes', new Uint8Array(33).fill(9)],
    ['nothing', new Uint8Array(0)],
  ])('are not made for a key of %s', (_, key) => {
    expect(() => seal(Buffer.from('x'), key)).toThrow(/public key is not usable/);
  });

  it.each(['', 'no base64', `${Buffer.alloc(32, 9).toString('base64')}x`])('are not made for the text %j', (key) => {
    expect(() => sealText('x', key)).toThrow(/public key is not usable/);
  });
});

// Sealed by PyNaCl 1.5.0 to the key whose secret half is 1, 2, … 32.
const vectors: readonly (readonly [string, string])[] = [
  ['', 'XyAZRKd/ZcTqxncDUR0nqTCNhBFqDyJcRkJpECkJDzDdiQlINkDWji/8IDY03SIO'],
  ['ECR password', 'reHcUOt9CByzNMvqCn2CbNZ/zuYp/T2By0mW5xHWzQEqrXS4RIDUq2Yv7/J/kdXFIsDiSWWZVy+Nu8jY'],
  ['ünïcode', '8SaLQjpKEGl4Csb4ecYjwyGsYZ1WpsAOrAO2xnKbbALiKFp0TARQmQOdktJvITSqWEyduYtgCDXe'],
];

describe('PyNaCl', () => {
  const secretKey = Uint8Array.from({ length: 32 }, (_, index) => index + 1);
  const pair = keyPairOf('1', secretKey);

  it('has the same public key', () => {
    expect(Buffer.from(pair.publicKey).toString('base64')).toBe('B6N8vBQgk8i3VdwbEOhstCY3StFqqFPtC9/AsrhtHHw=');
  });

  it.each(vectors)('sealed %j, and we open it', (message, sealed) => {
    expect(text(openSealedBox(Buffer.from(sealed, 'base64'), pair))).toBe(message);
  });
});
