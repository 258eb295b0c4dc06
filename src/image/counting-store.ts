import type { Store } from '../oci/store.js';

export interface CountingStore {
  readonly store: Store;
  counts(): { readonly sent: ReadonlySet<string>; readonly uploaded: number; readonly bytesUploaded: number };
  /** Who hears of the bytes that went so far. */
  onSent(listener: (bytes: number) => void): void;
}

/** A store that knows what went into it by this run, and tells while it goes. */
export function countingStore(store: Store): CountingStore {
  const sent = new Set<string>();
  const moving = new Map<string, number>();
  let uploaded = 0;
  let bytesUploaded = 0;
  let tell: (bytes: number) => void = () => undefined;
  const put: Store['put'] = async (blob, options) => {
    const onBytes = (bytes: number) => {
      moving.set(blob.digest, bytes);
      tell([...moving.values()].reduce((sum, one) => sum + one, bytesUploaded));
    };
    const result = await store.put(blob, { ...options, onBytes });
    moving.delete(blob.digest);
    sent.add(blob.digest);
    if (result.how === 'uploaded') uploaded++;
    bytesUploaded += result.bytes;
    return result;
  };
  return {
    store: { ...store, put } satisfies Store,
    counts: () => ({ sent, uploaded, bytesUploaded }),
    onSent: (listener) => (tell = listener),
  };
}
