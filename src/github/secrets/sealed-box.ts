import { createPublicKey, diffieHellman, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { hsalsa, xsalsa20poly1305 } from '@noble/ciphers/salsa.js';
import { u32 } from '@noble/ciphers/utils.js';
import { blake2b } from '@noble/hashes/blake2.js';
import { LadingError } from '../../base/errors.js';

/** Bytes that a sealed box is longer than its message: the ephemeral key and the tag. */
export const sealOverhead = 48;

// "expand 32-byte k", the constant of Salsa20.
const sigma = u32(new TextEncoder().encode('expand 32-byte k'));
// DER head of an X25519 public key (RFC 8410); node:crypto takes no bare ones.
const spkiHead = Buffer.from('302a300506032b656e032100', 'hex');

/**
 * libsodium's `crypto_box_seal`: only the holder of the recipient's private key can open it, not even the sender.
 * Rejects keys that are not 32 bytes and keys of low order, which would make the contents readable by anyone.
 * https://doc.libsodium.org/public-key_cryptography/sealed_boxes
 */
export function seal(message: Uint8Array, recipient: Uint8Array): Uint8Array {
  if (recipient.length !== 32) throw badKey(`it has ${recipient.length} bytes instead of 32`);
  const { publicKey, privateKey } = generateKeyPairSync('x25519');
  const ephemeral = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }).subarray(spkiHead.length));
  const key = boxKey(privateKey, recipient);
  const nonce = blake2b(Buffer.concat([ephemeral, recipient]), { dkLen: 24 });
  const box = xsalsa20poly1305(key, nonce).encrypt(message);
  key.fill(0);
  return Buffer.concat([ephemeral, box]);
}

/** `seal` for what GitHub's API takes: text, a key and a result in padded base64. */
export function sealText(text: string, key: string): string {
  const recipient = Buffer.from(key, 'base64');
  if (recipient.toString('base64') !== key) throw badKey('it is not base64');
  const message = Buffer.from(text, 'utf8');
  try {
    return Buffer.from(seal(message, recipient)).toString('base64');
  } finally {
    message.fill(0);
  }
}

function boxKey(privateKey: KeyObject, recipient: Uint8Array): Uint8Array {
  const publicKey = createPublicKey({ key: Buffer.concat([spkiHead, recipient]), format: 'der', type: 'spki' });
  let shared: Buffer;
  try {
    // OpenSSL refuses the all-zero result that a point of low order gives.
    shared = diffieHellman({ privateKey, publicKey });
  } catch (cause) {
    throw badKey('it is a point of low order', cause);
  }
  const key = new Uint32Array(8);
  hsalsa(sigma, u32(new Uint8Array(shared)), new Uint32Array(4), key);
  shared.fill(0);
  return new Uint8Array(key.buffer);
}

function badKey(why: string, cause?: unknown): LadingError {
  return new LadingError('remote', `seal a secret: the public key is not usable: ${why}`, {
    code: 'BAD_PUBLIC_KEY',
    hint: 'Check that GITHUB_API_URL points at GitHub itself; its keys are 32 bytes in base64.',
    cause,
  });
}
