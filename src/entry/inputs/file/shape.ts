import type { Input, Inputs } from '../../../base/declare/input.js';

/** What may stand in `lading.yml`: sections with keys, and at their ends inputs. */
export type Shape = Section | { readonly is: 'input'; readonly input: Input<unknown> };

export interface Section {
  readonly is: 'section';
  readonly keys: Map<string, Shape>;
}

/** The key of an input in `lading.yml`; undefined when it may not stand there. */
export function keyOf(command: string, name: string, input: Input<unknown>): string | undefined {
  if (input.key === false) return undefined;
  return input.key ?? `${command}.${name}`;
}

/** The shape that verbs have together. Throws when they mean different things by one key: that is a bug of ours. */
export function shapeOf(commands: readonly { readonly name: string; readonly inputs: Inputs }[]): Section {
  const root: Section = { is: 'section', keys: new Map() };
  for (const { name: command, inputs } of commands) {
    for (const [name, input] of Object.entries(inputs)) {
      const key = keyOf(command, name, input);
      if (key !== undefined) place(root, key, input);
    }
  }
  return root;
}

function place(root: Section, key: string, input: Input<unknown>): void {
  const path = key.split('.');
  const last = path.pop() ?? '';
  let at = root;
  for (const name of path) {
    const next = at.keys.get(name) ?? { is: 'section', keys: new Map() };
    if (next.is === 'input') throw new Error(`key ${key} stands inside of a value`);
    at.keys.set(name, next);
    at = next;
  }
  const there = at.keys.get(last);
  if (there && (there.is === 'section' || there.input.kind !== input.kind)) {
    throw new Error(`key ${key} is a ${there.is === 'section' ? 'section' : there.input.kind} and a ${input.kind}`);
  }
  if (!there) at.keys.set(last, { is: 'input', input });
}

/** Every key with a value, as `deploy.cluster`. */
export function keysIn(section: Section, prefix = ''): readonly string[] {
  return [...section.keys].flatMap(([name, shape]) =>
    shape.is === 'input' ? [`${prefix}${name}`] : keysIn(shape, `${prefix}${name}.`),
  );
}
