/** Draws that are the same for the same parts, on every machine and in every order of asking. */
export interface Random {
  /** From 0 up to, not including, 1. */
  next(): number;
  /** A whole number from `from` to `to`, both included. */
  int(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
  /** Characters drawn from an alphabet. */
  text(length: number, alphabet: string): string;
  hex(length: number): string;
}

/** A source of its own for each set of parts, so that asking one leaves the others as they are. */
export function randomOf(...parts: readonly (string | number)[]): Random {
  let state = hash(parts.join('\0'));
  // mulberry32
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const int = (from: number, to: number) => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick: (items) => items[int(0, items.length - 1)]!,
    text(length, alphabet) {
      let text = '';
      while (text.length < length) text += alphabet[int(0, alphabet.length - 1)];
      return text;
    },
    hex(length) {
      let text = '';
      while (text.length < length) text += (next() * 4_294_967_296).toString(16).padStart(8, '0');
      return text.slice(0, length);
    },
  };
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value >>> 0;
}
