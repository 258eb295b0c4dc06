import { createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { hsalsa, xsalsa20poly1305 } from '@noble/ciphers/salsa.js';
import { u32 } from '@noble/ciphers/utils.js';
import { blake2b } from '@noble/hashes/blake2.js';

/** A secret or a variable, with who may read it when it is of an organization. */
export interface Item {
  readonly name: string;
  readonly value: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly visibility?: string | undefined;
  readonly repositoryIds?: readonly number[] | undefined;
}

/**
 * Items that were written at some time. Readers are served by copies, some of which are behind: `seen` answers as the
 * copy does that stood at that moment.
 */
export class Ledger {
  readonly #events: { readonly at: number; readonly name: string; readonly item: Item | undefined }[] = [];

  write(at: number, name: string, item: Item | undefined): void {
    this.#events.push({ at, name: name.toUpperCase(), item });
  }

  seen(name: string, moment = Infinity): Item | undefined {
    let found: Item | undefined;
    for (const event of this.#events) if (event.name === name.toUpperCase() && event.at <= moment) found = event.item;
    return found;
  }

  all(moment = Infinity): readonly Item[] {
    const names = [...new Set(this.#events.map(({ name }) => name))].sort();
    return names.flatMap((name) => this.seen(name, moment) ?? []);
  }
}

/** What one application keeps for one repository, environment or organization. */
export interface Shelf {
  readonly secrets: Ledger;
  readonly variables: Ledger;
  lock: Lock;
}

/** The key pair of a shelf: what is sealed to it, it alone can open. */
export interface Lock {
  readonly id: string;
  /** Base64 of 32 bytes. */
  readonly publicKey: string;
  /** The message of a sealed box in base64; undefined when it was not sealed to this lock. */
  open(sealed: string): string | undefined;
}

export class Shelves {
  readonly #shelves = new Map<string, Shelf>();
  #locks = 0;

  /** `1004/actions`, `1004/environments/prod`, `acme/dependabot`; made when first asked for. */
  at(place: string): Shelf {
    const key = place.toLowerCase();
    const shelf = this.#shelves.get(key) ?? { secrets: new Ledger(), variables: new Ledger(), lock: this.newLock() };
    this.#shelves.set(key, shelf);
    return shelf;
  }

  newLock(): Lock {
    const { privateKey, publicKey } = generateKeyPairSync('x25519');
    const { x = '' } = publicKey.export({ format: 'jwk' });
    const own = Buffer.from(x, 'base64url');
    const secret = privateKey.export({ format: 'jwk' });
    this.#locks++;
    return {
      id: String(3_380_204_578_000_000 + this.#locks),
      publicKey: own.toString('base64'),
      open: (sealed) => open(Buffer.from(sealed, 'base64'), own, secret),
    };
  }
}

/** crypto_box_seal_open: https://doc.libsodium.org/public-key_cryptography/sealed_boxes */
function open(box: Buffer, own: Buffer, secret: JsonWebKey): string | undefined {
  if (box.length < 48) return undefined;
  const sender = box.subarray(0, 32);
  try {
    const shared = diffieHellman({
      privateKey: createPrivateKey({ key: secret, format: 'jwk' }),
      publicKey: createPublicKey({
        key: { kty: 'OKP', crv: 'X25519', x: sender.toString('base64url') },
        format: 'jwk',
      }),
    });
    const key = new Uint32Array(8);
    hsalsa(u32(Buffer.from('expand 32-byte k')), u32(Uint8Array.from(shared)), new Uint32Array(4), key);
    const nonce = blake2b(Buffer.concat([sender, own]), { dkLen: 24 });
    const message = xsalsa20poly1305(new Uint8Array(key.buffer), nonce).decrypt(Uint8Array.from(box.subarray(32)));
    return Buffer.from(message).toString('utf8');
  } catch {
    return undefined;
  }
}
