import type { Command } from '../../base/declare/command.js';
import type { Input, Inputs } from '../../base/declare/input.js';
import { formatDefault } from '../terminal/help.js';
import { ENVIRONMENTS } from '../inputs/file/config-file.js';
import type { Section, Shape } from '../inputs/file/shape.js';
import { shapeOf } from '../inputs/file/shape.js';

interface Schema {
  readonly [key: string]: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
}

/** What an editor may take for a number is a text to us, and a text all the same. */
const SCALAR = { type: ['string', 'number', 'boolean'] };

/** JSON Schema of `lading.yml`, from the keys of all verbs. Throws when two verbs mean different things by one key. */
export function configSchema(commands: readonly Command<Inputs, unknown>[]): Schema {
  const { properties = {} } = sectionSchema(shapeOf(commands));
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'lading.yml',
    description: 'How lading takes this repository from a commit to a running service.',
    type: 'object',
    additionalProperties: false,
    patternProperties: { '^x-': { description: "Your own, for YAML's anchors" } },
    properties: {
      ...properties,
      [ENVIRONMENTS]: {
        description: 'Parts that `--environment NAME` lays over the rest, key by key',
        type: 'object',
        additionalProperties: {
          type: ['object', 'null'],
          additionalProperties: false,
          properties: Object.fromEntries(Object.keys(properties).map((key) => [key, { $ref: `#/properties/${key}` }])),
        },
      },
    },
  };
}

function sectionSchema(section: Section): Schema {
  const properties = [...section.keys].map(([name, shape]) => [name, shapeSchema(shape)] as const);
  return { type: ['object', 'null'], additionalProperties: false, properties: Object.fromEntries(properties) };
}

function shapeSchema(shape: Shape): Schema {
  return shape.is === 'section' ? sectionSchema(shape) : valueSchema(shape.input);
}

function valueSchema(input: Input<unknown>): Schema {
  const description = hasDefault(input) ? `${input.summary}. Default: ${formatDefault(input)}` : input.summary;
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
    case 'entries':
      return {
        description,
        type: ['object', 'null'],
        propertyNames: { pattern: '^[A-Za-z0-9_][A-Za-z0-9_-]*$' },
        additionalProperties: { ...fieldsSchema(input.fields ?? {}), type: ['object', 'null'] },
      };
    case 'record':
      return { description, ...fieldsSchema(input.fields ?? {}), type: 'object' };
  }
}

function fieldsSchema(fields: Inputs): Schema {
  const entries = Object.entries(fields);
  // What is needed may come from a flag, or from the rest of the file.
  return {
    additionalProperties: false,
    properties: Object.fromEntries(entries.map(([name, field]) => [name, valueSchema(field)])),
  };
}

function hasDefault(input: Input<unknown>): boolean {
  return input.default !== undefined && input.kind !== 'entries';
}
