import { createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { hsalsa, xsalsa20poly1305 } from '@noble/ciphers/salsa.js';
import { u32 } from '@noble/ciphers/utils.js';
import { blake2b } from '@noble/hashes/blake2.js';

/** What one scope seals and opens with. */
export interface KeyPair {
  readonly id: string;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly privateKey: KeyObject;
}

const sigma = u32(new TextEncoder().encode('expand 32-byte k'));
const spkiHead = Buffer.from('302a300506032b656e032100', 'hex');
const pkcs8Head = Buffer.from('302e020100300506032b656e04220420', 'hex');

export function createKeyPair(id: string): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('x25519');
  return { id, publicKey: publicKey.export({ type: 'spki', format: 'der' }).subarray(spkiHead.length), privateKey };
}

/** A pair made elsewhere, from its 32 bytes. */
export function keyPairOf(id: string, secretKey: Uint8Array): KeyPair {
  const privateKey = createPrivateKey({ key: Buffer.concat([pkcs8Head, secretKey]), format: 'der', type: 'pkcs8' });
  const der = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  return { id, publicKey: der.subarray(spkiHead.length), privateKey };
}

/** libsodium's `crypto_box_seal_open`; undefined when the box was not sealed to this key. */
export function openSealedBox(sealed: Uint8Array, pair: KeyPair): Uint8Array | undefined {
  if (sealed.length < 48) return undefined;
  try {
    const ephemeral = Buffer.from(sealed.subarray(0, 32));
    const publicKey = createPublicKey({ key: Buffer.concat([spkiHead, ephemeral]), format: 'der', type: 'spki' });
    const shared = new Uint8Array(diffieHellman({ privateKey: pair.privateKey, publicKey }));
    const key = new Uint32Array(8);
    hsalsa(sigma, u32(shared), new Uint32Array(4), key);
    const nonce = blake2b(Buffer.concat([ephemeral, pair.publicKey]), { dkLen: 24 });
    return xsalsa20poly1305(new Uint8Array(key.buffer), nonce).decrypt(Uint8Array.from(sealed.subarray(32)));
  } catch {
    return undefined;
  }
}
