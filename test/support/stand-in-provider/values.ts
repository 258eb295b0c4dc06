import { decode, encode, ExtensionCodec } from '@msgpack/msgpack';

export type Values = Record<string, unknown>;

/** What is known after the apply only. */
export const unknown = { unknown: true } as const;

export function isUnknown(value: unknown): boolean {
  return typeof value === 'object' && value !== null && (value as { unknown?: unknown }).unknown === true;
}

// Extension 12 is an unknown value of which something is known.
const extensionCodec = new ExtensionCodec();
extensionCodec.register({
  type: 0,
  encode: (value) => (isUnknown(value) ? new Uint8Array([0]) : null),
  decode: () => unknown,
});
extensionCodec.register({ type: 12, encode: () => null, decode: () => unknown });

export interface WireValue {
  readonly msgpack?: Uint8Array;
  readonly json?: Uint8Array;
}

/** Null is what does not exist. */
export function readValue(value: WireValue | null | undefined): Values | null {
  if (value?.msgpack?.length) return decode(value.msgpack, { extensionCodec }) as Values | null;
  if (value?.json?.length) return JSON.parse(Buffer.from(value.json).toString('utf8')) as Values | null;
  return null;
}

export function writeValue(value: Values | null): WireValue {
  return { msgpack: Buffer.from(encode(value, { extensionCodec })) };
}
