import type { AttributeFacts, BlockFacts, NestedFacts, Type } from './facts.js';
import { facts, isComputed } from './facts.js';

const NESTING = { single: 1, list: 2, set: 3 } as const;

const typeBytes = (type: Type) => Buffer.from(JSON.stringify(type));

function wireAttribute([name, attribute]: readonly [string, AttributeFacts]) {
  const { type, required = false, computed = false } = attribute;
  return {
    name,
    type: typeBytes(type),
    required,
    optional: !required && !computed,
    computed: isComputed(name, attribute),
  };
}

function wireNested([name, { nesting, min = 0, max = 0, block }]: readonly [string, NestedFacts]): object {
  return { name, nesting: NESTING[nesting], min, max, block: wireBlock(block) };
}

function wireBlock(block: BlockFacts): object {
  return {
    attributes: Object.entries(block.attributes).map(wireAttribute),
    blocks: Object.entries(block.blocks).map(wireNested),
  };
}

function wireSchemas(blocks: Readonly<Record<string, BlockFacts>>) {
  return Object.fromEntries(
    Object.entries(blocks).map(([type, block]) => [type, { version: 0, block: wireBlock(block) }]),
  );
}

const optional = (names: readonly string[], type: Type) =>
  names.map((name) => ({ name, type: typeBytes(type), optional: true }));

/** Of the provider's own block what the stacks say, and what an emulator wants. */
const provider = {
  version: 0,
  block: {
    attributes: [
      ...optional(['region', 'profile', 'access_key', 'secret_key'], 'string'),
      ...optional(['skip_credentials_validation', 'skip_requesting_account_id', 'skip_metadata_api_check'], 'bool'),
    ],
    blocks: [
      {
        name: 'default_tags',
        nesting: NESTING.list,
        max: 1,
        block: { attributes: optional(['tags'], ['map', 'string']), blocks: [] },
      },
    ],
  },
};

export function wireSchema() {
  return { provider, resources: wireSchemas(facts.resources), data: wireSchemas(facts.data) };
}
