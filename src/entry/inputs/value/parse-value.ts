import { resolve } from 'node:path';
import { parseDuration } from '../../../base/duration.js';
import { InputError } from '../../../base/errors.js';
import type { Input } from '../../../base/declare/input.js';
import type { Given, GivenText } from '../given.js';
import { nearest } from '../../../base/nearest.js';
import type { Parsed } from './parsed.js';
import { collect, right, wrong } from './parsed.js';

export function parseList(input: Input<unknown>, given: Given, cwd: string): Parsed {
  if (given.is === 'map') return wrong(given, 'takes a list, not a map');
  const items = given.is === 'list' ? given.items : [given];
  const parts = items.map((item) =>
    item.is === 'text' ? parseText(input, item, cwd) : wrong(item, `takes texts, not a ${item.is}`),
  );
  return collect(parts, (values) => values);
}

export function parsePairs(given: Given): Parsed {
  if (given.is === 'map') {
    const parts = [...given.entries].map(([key, { value }]) => {
      if (key === '') return wrong(value, 'has no name');
      return value.is === 'text' ? right([key, value.text]) : wrong(value, `takes a text, not a ${value.is}`);
    });
    return collect(parts, pairsOf);
  }
  const items = given.is === 'list' ? given.items : [given];
  const parts = items.map((item) => {
    if (item.is !== 'text') return wrong(item, `takes K=V, not a ${item.is}`);
    const at = item.text.indexOf('=');
    if (at <= 0) return wrong(item, `takes K=V, not ${JSON.stringify(item.text)}`);
    return right([item.text.slice(0, at), item.text.slice(at + 1)]);
  });
  return collect(parts, pairsOf);
}

/** Names are names, `__proto__` like any other. */
function pairsOf(pairs: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
  return Object.fromEntries(pairs);
}

export function parseText(input: Input<unknown>, given: GivenText, cwd: string): Parsed {
  const { text } = given;
  const shown = JSON.stringify(text);
  if (text === '') return wrong(given, 'is empty');
  switch (input.kind) {
    case 'boolean':
      if (text === 'true' || text === 'false') return right(text === 'true');
      return wrong(given, `is true or false, not ${shown}`);
    case 'integer':
      if (/^-?\d{1,15}$/.test(text)) return right(Number(text));
      return wrong(given, `is a whole number, not ${shown}`);
    case 'duration': {
      const ms = parseDuration(text);
      if (ms !== undefined) return right(ms);
      return wrong(given, `is a duration, not ${shown}`, 'Write it as 90s, 15m or 1h30m.');
    }
    case 'choice': {
      if (input.choices?.includes(text)) return right(text);
      const near = nearest(text, input.choices ?? []);
      return wrong(given, `is one of ${input.choices?.join(', ')}, not ${shown}`, near && `Did you mean ${near}?`);
    }
    case 'path':
      return text.includes('\0') ? wrong(given, 'holds a NUL character') : right(resolve(given.folder ?? cwd, text));
    default:
      return input.parse ? parseForm(input.parse, given, cwd) : right(text);
  }
}

function parseForm(parse: NonNullable<Input<unknown>['parse']>, given: GivenText, cwd: string): Parsed {
  try {
    return right(parse(given.text, given.folder ?? cwd));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return {
      value: undefined,
      issues: error.issues.map(({ message, hint }) => ({ where: given.where, message, hint })),
    };
  }
}
