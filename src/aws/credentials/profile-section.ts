/** A section that was put into the text of one of AWS's shared files. */
export interface PutSection {
  readonly text: string;
  /** What parts it from what was there, so that it can be taken out again without a trace. */
  readonly separator: string;
  /** The section that it stands in the place of. */
  readonly before: string | undefined;
}

/** The text with the section in the place of the one of that name, else at its end. All else stays, comments too. */
export function putSection(text: string, name: string, settings: Readonly<Record<string, string>>): PutSection {
  const lines = Object.entries(settings).map(([key, value]) => `${key} = ${value}\n`);
  const section = `[${name}]\n${lines.join('')}`;
  const place = findSection(text, name);
  if (place) {
    const before = text.slice(place.start, place.end);
    return { text: text.slice(0, place.start) + section + text.slice(place.end), separator: '', before };
  }
  const separator = text === '' ? '' : text.endsWith('\n') ? '\n' : '\n\n';
  return { text: text + separator + section, separator, before: undefined };
}

/** Undoes `putSection`, also when other sections have come since. */
export function takeSection(
  text: string,
  name: string,
  { separator, before }: Pick<PutSection, 'separator' | 'before'>,
): string {
  const place = findSection(text, name);
  if (!place) return text;
  const head = text.slice(0, place.start);
  const kept =
    before === undefined && separator !== '' && head.endsWith(separator) ? head.slice(0, -separator.length) : head;
  const rest = text.slice(place.end);
  const left = kept + (before ?? '');
  // What was there may have had no line break at its end, and something may have come behind it since.
  const gap = left !== '' && !left.endsWith('\n') && rest !== '' && !rest.startsWith('\n') ? '\n' : '';
  return left + gap + rest;
}

/** The section of that name, without the empty lines at its end; undefined when there is none. */
export function readSection(text: string, name: string): string | undefined {
  const place = findSection(text, name);
  return place && text.slice(place.start, place.end);
}

function findSection(text: string, name: string): { readonly start: number; readonly end: number } | undefined {
  const headers = [...text.matchAll(/^[ \t]*\[([^\]\n]*)\][^\n]*(?:\n|$)/gm)];
  const at = headers.findIndex(([, found = '']) => plain(found) === plain(name));
  const header = headers[at];
  if (!header) return undefined;
  const own = text.slice(header.index, headers[at + 1]?.index);
  const { length } = own.trimEnd();
  const [lineEnd = ''] = /^[ \t]*\r?\n/.exec(own.slice(length)) ?? [];
  return { start: header.index, end: header.index + length + lineEnd.length };
}

/** `profile "a"`, `profile   a` and `profile a` are one. */
function plain(name: string): string {
  return name.trim().replace(/\s+/g, ' ').replace(/"/g, '');
}
