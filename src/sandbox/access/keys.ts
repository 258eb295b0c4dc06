import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Caller } from '../service.js';

export interface AccessKey {
  readonly id: string;
  readonly secret: string;
  /** Of temporary credentials only. */
  readonly sessionToken?: string;
  /** Milliseconds by the sandbox's clock; undefined for a key that stays. */
  readonly expiresAt?: number;
  readonly caller: Caller;
}

export interface KeyRing {
  /** The one that the sandbox prints. */
  readonly own: AccessKey;
  /** Temporary credentials. */
  issue(caller: Caller, expiresAt: number): Required<AccessKey>;
  find(id: string): AccessKey | undefined;
}

/** The access keys of one run, random unless given. */
export function createKeyRing(
  caller: Caller,
  given?: { readonly accessKeyId: string; readonly secretAccessKey: string },
): KeyRing {
  const own = { id: given?.accessKeyId ?? keyId('AKIA'), secret: given?.secretAccessKey ?? newSecret(), caller };
  const keys = new Map<string, AccessKey>([[own.id, own]]);
  return {
    own,
    issue(of, expiresAt) {
      const sessionToken = randomBytes(96).toString('base64');
      const key = { id: keyId('ASIA'), secret: newSecret(), sessionToken, expiresAt, caller: of };
      keys.set(key.id, key);
      return key;
    },
    find: (id) => keys.get(id),
  };
}

/** As long as AWS's: 40 characters of base64. */
export function newSecret(): string {
  return randomBytes(30).toString('base64');
}

/** In a time that tells nothing of either. */
export function isSame(one: string, other: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(one), hash(other));
}

function keyId(prefix: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  return prefix + [...randomBytes(16)].map((byte) => letters[byte % letters.length]).join('');
}
