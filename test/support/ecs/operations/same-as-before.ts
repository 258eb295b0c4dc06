import type { World } from '../engine/state.js';

const shown = new WeakMap<object, { readonly version: number; readonly variant: string; readonly value: object }>();

/** What was made of a thing when the world was last looked at, if nothing has happened in it since. */
export function sameAsBefore<Value extends object>(
  world: World,
  of: object,
  variant: string,
  make: () => Value,
): Value {
  const before = shown.get(of);
  if (before?.version === world.version && before.variant === variant) return before.value as Value;
  const value = make();
  shown.set(of, { version: world.version, variant, value });
  return value;
}
