import type { Command } from '../../base/command.js';
import type { Input, Inputs } from '../../base/input.js';
import { formatDefault } from '../help.js';
import { keyOf } from '../inputs/values.js';

type Schema = { [key: string]: unknown; properties?: Record<string, Schema> };

/** What an editor may take for a number is a text to us, and a text all the same. */
const SCALAR = { type: ['string', 'number', 'boolean'] };

/** JSON Schema of `lading.yml`, from the keys of all verbs. Throws when two verbs mean different things by one key. */
export function configSchema(commands: readonly Command<Inputs, unknown>[]): Schema {
  const root: Schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'lading.yml',
    description: 'How lading takes this repository from a commit to a running service.',
    type: 'object',
    additionalProperties: false,
    properties: {},
  };
  const kinds = new Map<string, string>();
  for (const command of commands) {
    for (const [name, input] of Object.entries(command.inputs)) {
      const key = keyOf(command.name, name, input);
      if (key === undefined) continue;
      const kind = kinds.get(key);
      if (kind !== undefined && kind !== input.kind) throw new Error(`key ${key} is a ${kind} and a ${input.kind}`);
      if (kind === undefined) place(root, key.split('.'), valueSchema(input));
      kinds.set(key, input.kind);
    }
  }
  return root;
}

function place(root: Schema, path: readonly string[], schema: Schema): void {
  let at = root;
  for (const section of path.slice(0, -1)) {
    at.properties ??= {};
    at = at.properties[section] ??= { type: 'object', additionalProperties: false, properties: {} };
  }
  at.properties ??= {};
  at.properties[path.at(-1) ?? ''] = schema;
}

function valueSchema(input: Input<unknown>): Schema {
  const description =
    input.default === undefined ? input.summary : `${input.summary}. Default: ${formatDefault(input)}`;
  switch (input.kind) {
    case 'string':
    case 'path':
      return { description, type: ['string', 'number'] };
    case 'boolean':
      return { description, type: 'boolean' };
    case 'integer':
      return { description, type: 'integer' };
    case 'duration':
      return { description, type: 'string', pattern: '^(\\d+(\\.\\d+)?(ms|s|m|h|d))+$' };
    case 'choice':
      return { description, enum: input.choices };
    case 'list':
      return { description, anyOf: [SCALAR, { type: 'array', items: SCALAR }] };
    case 'pairs':
      return {
        description,
        anyOf: [
          { type: 'object', additionalProperties: SCALAR },
          { type: 'array', items: SCALAR },
        ],
      };
  }
}
