import type { InputIssue } from '../../../base/errors.js';
import type { Given, GivenMap } from '../given.js';

/** An output of a stack that a text of `lading.yml` stands for, as `${tf:service.cluster_name}`. */
export interface Reference {
  readonly stack: string;
  readonly output: string;
  /** Place of the text. */
  readonly where: string;
}

/** What each reference stands for, by `stack.output`. */
export type Filling = ReadonlyMap<string, string>;

const REFERENCE = /\$\{tf:([^{}]*)\}?/g;
const STACK_AND_OUTPUT = /^(registry|service)\.([A-Za-z_][\w-]*)$/;

/** A text that waits for an output. Only the file has them: a flag says what it means. */
export function isReference(given: Given | undefined): boolean {
  return given?.is === 'text' && given.source === 'file' && given.text.includes('${tf:');
}

/** A list without the items that wait for an output. */
export function withoutReferences(given: Given): Given {
  return given.is === 'list' ? { ...given, items: given.items.filter((item) => !isReference(item)) } : given;
}

/** All in a part of the file, each as often as it stands there. */
export function referencesIn(given: Given): readonly Reference[] {
  return textsIn(given).flatMap(({ text, where }) =>
    [...text.matchAll(REFERENCE)].flatMap(([, inner = '']) => {
      const [, stack, output] = STACK_AND_OUTPUT.exec(inner) ?? [];
      return stack === undefined || output === undefined ? [] : [{ stack, output, where }];
    }),
  );
}

/** Those that name nothing that can be looked for. */
export function brokenReferences(given: Given): readonly InputIssue[] {
  return textsIn(given).flatMap(({ text, where }) =>
    [...text.matchAll(REFERENCE)].flatMap(([whole, inner = '']) =>
      whole.endsWith('}') && STACK_AND_OUTPUT.test(inner)
        ? []
        : [
            {
              where,
              message: `${JSON.stringify(whole)} is no output of a stack`,
              hint: 'Write it as ${tf:service.cluster_name} or ${tf:registry.repository_url}.',
            },
          ],
    ),
  );
}

/** With the outputs in their places; what is not known stays as it is. */
export function fillReferences(given: GivenMap, filling: Filling): GivenMap {
  return fill(given, filling) as GivenMap;
}

function fill(given: Given, filling: Filling): Given {
  if (isReference(given) && given.is === 'text') {
    const text = given.text.replace(REFERENCE, (whole, inner: string) => filling.get(inner) ?? whole);
    return { ...given, text };
  }
  if (given.is === 'list') return { ...given, items: given.items.map((item) => fill(item, filling)) };
  if (given.is === 'map') {
    const entries = [...given.entries].map(
      ([name, entry]) => [name, { ...entry, value: fill(entry.value, filling) }] as const,
    );
    return { ...given, entries: new Map(entries) };
  }
  return given;
}

function textsIn(given: Given, seen = new Set<Given>()): readonly (Given & { readonly is: 'text' })[] {
  if (given.is === 'text') return isReference(given) ? [given] : [];
  // An anchor may stand in many places.
  if (seen.has(given)) return [];
  seen.add(given);
  const parts = given.is === 'list' ? given.items : [...given.entries.values()].map(({ value }) => value);
  return parts.flatMap((part) => textsIn(part, seen));
}
