import type { Input } from '../../../base/declare/input.js';
import type { Given } from '../given.js';
import { parseEntries, parseRecord } from './parse-fields.js';
import { parseList, parsePairs, parseText } from './parse-value.js';
import { isReference, withoutReferences } from '../file/references.js';
import type { Parsed } from './parsed.js';
import { wrong } from './parsed.js';

/** Values are never guessed: `12345e7` stays a commit hash. Every mistake is told at its own place. */
export function parseInput(input: Input<unknown>, given: Given, cwd: string): Parsed {
  // The file is checked as a whole before anything is looked up.
  if (isReference(given)) return { value: undefined, issues: [] };
  switch (input.kind) {
    case 'entries':
      return parseEntries(input, given, (field, one) => parseInput(field, one, cwd));
    case 'record':
      return parseRecord(input, given, (field, one) => parseInput(field, one, cwd));
    case 'list':
      return parseList(input, withoutReferences(given), cwd);
    case 'pairs':
      return parsePairs(given);
    default:
      if (given.is === 'text') return parseText(input, given, cwd);
      if (given.is === 'list' && given.repeated) return wrong(given, `is given ${given.items.length} times`);
      return wrong(given, `takes one value, not a ${given.is}`);
  }
}
