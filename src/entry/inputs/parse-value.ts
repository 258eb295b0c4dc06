import { parseDuration } from '../../base/duration.js';
import type { InputIssue } from '../../base/errors.js';
import { InputError } from '../../base/errors.js';
import type { Input } from '../../base/input.js';

/** Texts of one input, as they were given: a flag may come several times, YAML may hold a sequence or a map. */
export type Given = readonly string[] | Readonly<Record<string, string>> | boolean;

export type Parsed = { readonly value: unknown } | { readonly issue: Omit<InputIssue, 'where'> };

/** Values are never guessed: `12345e7` stays a commit hash. */
export function parseValue(input: Input<unknown>, given: Given): Parsed {
  const several = input.kind === 'list' || input.kind === 'pairs';
  if (given === true || given === false) {
    if (input.kind === 'boolean') return { value: given };
    return { issue: { message: 'needs a value' } };
  }
  if (!Array.isArray(given)) {
    if (input.kind === 'pairs') return { value: given };
    return { issue: { message: 'takes a single value, not a map' } };
  }
  const texts = given as readonly string[];
  if (!several && texts.length > 1) return { issue: { message: `is given ${texts.length} times` } };
  const wrong = texts.flatMap((one) => check(input, one))[0];
  if (wrong) return { issue: wrong };
  if (input.kind === 'list') return { value: texts };
  if (input.kind === 'pairs') return parsePairs(texts);
  const text = texts[0] ?? '';
  return parseSingle(input, text);
}

function check(input: Input<unknown>, text: string): Omit<InputIssue, 'where'>[] {
  try {
    input.check?.(text);
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.issues.map(({ message, hint }) => ({ message, hint }));
  }
}

function parseSingle(input: Input<unknown>, text: string): Parsed {
  switch (input.kind) {
    case 'boolean':
      if (text === 'true') return { value: true };
      if (text === 'false') return { value: false };
      return { issue: { message: `is true or false, not ${JSON.stringify(text)}` } };
    case 'integer':
      if (/^-?\d{1,15}$/.test(text)) return { value: Number(text) };
      return { issue: { message: `is a whole number, not ${JSON.stringify(text)}` } };
    case 'duration': {
      const ms = parseDuration(text);
      if (ms !== undefined) return { value: ms };
      return {
        issue: { message: `is a duration, not ${JSON.stringify(text)}`, hint: 'Write it as 90s, 15m or 1h30m.' },
      };
    }
    case 'choice':
      if (input.choices?.includes(text)) return { value: text };
      return { issue: { message: `is one of ${input.choices?.join(', ')}, not ${JSON.stringify(text)}` } };
    case 'string':
    case 'path':
    case 'list':
    case 'pairs':
      if (text === '') return { issue: { message: 'is empty' } };
      return { value: text };
  }
}

function parsePairs(texts: readonly string[]): Parsed {
  const pairs: Record<string, string> = {};
  for (const text of texts) {
    const at = text.indexOf('=');
    if (at <= 0) return { issue: { message: `takes K=V, not ${JSON.stringify(text)}` } };
    pairs[text.slice(0, at)] = text.slice(at + 1);
  }
  return { value: pairs };
}

/** A list or pairs in one variable: a line each, or parted by commas when there is one line. */
export function splitVariable(input: Input<unknown>, text: string): readonly string[] {
  if (input.kind !== 'list' && input.kind !== 'pairs') return [text];
  const separator = text.includes('\n') ? /\r?\n/ : input.kind === 'list' ? ',' : /\r?\n/;
  return text
    .split(separator)
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
