import type { Input, Inputs } from '../../../base/declare/input.js';
import type { Given, GivenEntry } from '../given.js';
import { asMap } from '../given.js';
import type { Section } from './shape.js';

/** What is given over what is given below, key by key where maps are meant. Each part keeps its place. */
export function overlayInput(
  input: Input<unknown>,
  below: Given | undefined,
  above: Given | undefined,
): Given | undefined {
  if (below === undefined || above === undefined) return above ?? below;
  switch (input.kind) {
    case 'entries':
      return overlay(below, above, () => (one, other) => overlayFields(input.fields ?? {}, one, other));
    case 'record':
      return overlayFields(input.fields ?? {}, below, above);
    case 'pairs':
      return overlay(below, above, () => undefined);
    default:
      return above;
  }
}

function overlayFields(fields: Inputs, below: Given, above: Given): Given {
  return overlay(below, above, (name) => {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    return field && ((one, other) => overlayInput(field, one, other) as Given);
  });
}

/** As `overlayInput`, for a section of the file. */
export function overlaySection(section: Section, below: Given, above: Given): Given {
  return overlay(below, above, (name) => {
    const shape = section.keys.get(name);
    if (shape?.is === 'section') return (one, other) => overlaySection(shape, one, other);
    return shape && ((one, other) => overlayInput(shape.input, one, other) as Given);
  });
}

type Lay = (below: Given, above: Given) => Given;

/** Goes only as deep as there is a meaning: a text that names itself over and over is as deep as it likes. */
function overlay(below: Given, above: Given, layOf: (name: string) => Lay | undefined): Given {
  const [one, other] = [asMap(below), asMap(above)];
  if (!one || !other) return above;
  const entries = new Map<string, GivenEntry>(one.entries);
  for (const [name, entry] of other.entries) {
    const under = one.entries.get(name);
    const lay = under && layOf(name);
    entries.set(name, lay ? { keyWhere: entry.keyWhere, value: lay(under.value, entry.value) } : entry);
  }
  const { where, source } = above.is === 'text' ? below : above;
  return { is: 'map', entries, where, source };
}
