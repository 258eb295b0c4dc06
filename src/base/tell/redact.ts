import { printable } from './printable.js';
import type { ReportEvent } from './report.js';

/** Hides secrets in text before any sink sees it. */
export interface Redactor {
  add(secret: string): void;
  redact(text: string): string;
}

const MASK = '***';

/** Shorter values are not hidden: the mask would eat every text. */
const SHORTEST = 4;

/**
 * Hides each value, each of its lines, and the forms that they take in JSON, addresses, XML, shells and base64, there
 * also as a part of something longer. Passwords in addresses and values of `Authorization` are hidden unasked. Takes
 * time in proportion to the text.
 */
export function createRedactor(): Redactor {
  const forms = new Set<string>();
  return {
    add(secret) {
      for (const value of [secret, ...secret.split(/\r?\n/)].map((line) => line.trim())) {
        if (value.length >= SHORTEST) for (const form of formsOf(value)) forms.add(form);
      }
    },
    redact: (text) => hideHeaders(hideUserInfo(hide(text, forms))),
  };
}

/** Replaces every place where a form stands, also where two overlap. */
function hide(text: string, forms: ReadonlySet<string>): string {
  const places: [number, number][] = [];
  for (const form of forms) {
    for (let at = text.indexOf(form); at !== -1; at = text.indexOf(form, at + 1)) places.push([at, at + form.length]);
  }
  if (places.length === 0) return text;
  places.sort(([a], [b]) => a - b);
  const parts: string[] = [];
  let end = 0;
  for (const [from, to] of places) {
    // Two that touch are one: nothing tells where the first ends.
    if (from > end || parts.length === 0) parts.push(text.slice(end, from), MASK);
    end = Math.max(end, to);
  }
  return parts.join('') + text.slice(end);
}

function formsOf(value: string): readonly string[] {
  const forms = [value, JSON.stringify(value).slice(1, -1), uriForm(value)];
  forms.push(value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'));
  forms.push(value.replaceAll("'", `'\\''`));
  const bytes = Buffer.from(value);
  forms.push(bytes.toString('base64'), bytes.toString('base64url'), ...innerBase64(bytes));
  return forms;
}

/** Lone surrogates have no such form. */
function uriForm(value: string): string {
  try {
    return encodeURIComponent(value);
  } catch {
    return value;
  }
}

/** Fewer characters of base64 stand in many a text by chance. */
const SHORTEST_BASE64 = 8;

/**
 * What base64 makes of the value after one or two other bytes, and before others: the characters that it alone decides.
 * So `AWS:password` is hidden by its password.
 */
function innerBase64(bytes: Buffer): readonly string[] {
  return [0, 1, 2].flatMap((offset) => {
    const shifted = Buffer.concat([Buffer.alloc(offset), bytes]);
    const first = Math.ceil((offset * 8) / 6);
    const last = Math.floor((shifted.length * 8) / 6);
    return (['base64', 'base64url'] as const)
      .map((form) => shifted.toString(form).slice(first, last))
      .filter((text) => text.length >= SHORTEST_BASE64);
  });
}

/** `https://user:password@host` and `https://token@host`. */
function hideUserInfo(text: string): string {
  return text.replace(/(:\/\/)[^\s/@:]*:[^\s/@]*@/g, `$1${MASK}@`).replace(/(https?:\/\/)[^\s/@:]+@/gi, `$1${MASK}@`);
}

/** The whole value, whatever its scheme, in a header, in JSON and in a program's way to show an object. */
function hideHeaders(text: string): string {
  return text.replace(
    /(authorization[\\"']{0,4}[ \t]{0,8}[:=][ \t]{0,8})(\\?["'])?([^\r\n"']+)/gi,
    (_whole, name: string, quote: string | undefined, value: string) =>
      `${name}${quote ?? ''}${MASK}${quote !== undefined && value.endsWith('\\') ? '\\' : ''}`,
  );
}

/** What an event says by itself, in words of ours. */
const OURS = new Set(['type', 'level', 'state', 'unit', 'align', 'kind', 'by']);

/**
 * The event with every text of it printable and redacted, at any depth; a `mask` carries the secret itself. Printable
 * first: a colour in the middle of a secret would hide it from us, and from nobody else.
 */
export function redactEvent(event: ReportEvent, redact: (text: string) => string): ReportEvent {
  return event.type === 'mask' ? event : mapTexts(event, (text) => redact(printable(text)));
}

function mapTexts<Value>(value: Value, change: (text: string) => string): Value {
  if (typeof value === 'string') return change(value) as Value;
  if (Array.isArray(value)) return value.map((item: unknown) => mapTexts(item, change)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, item]: [string, unknown]) => {
    return [name, OURS.has(name) ? item : mapTexts(item, change)] as const;
  });
  return Object.fromEntries(entries) as Value;
}
