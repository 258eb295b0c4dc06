import type { GenericSchema, InferOutput } from 'valibot';
import { parseShape } from '../../base/json.js';
import type { AwsApi } from '../api.js';

/** One call, its answer in a shape. Rejects as `AwsApi.call`, and with UNEXPECTED_SHAPE. */
export async function ask<Schema extends GenericSchema>(
  api: AwsApi,
  operation: string,
  input: object,
  schema: Schema,
): Promise<InferOutput<Schema>> {
  return parseShape(schema, await api.call(operation, input), `answer of ${api.service} ${operation}`);
}

/** Longer lists than this are not read to their end. */
const PAGES = 50;

/** A list that comes in pages: `next` is what the following call adds to its input, undefined at the end. */
export async function askAll<Schema extends GenericSchema, Item>(
  api: AwsApi,
  operation: string,
  input: object,
  pages: {
    readonly schema: Schema;
    readonly items: (page: InferOutput<Schema>) => readonly Item[];
    readonly next: (page: InferOutput<Schema>) => object | undefined;
  },
): Promise<readonly Item[]> {
  const all: Item[] = [];
  let more: object | undefined = {};
  for (let page = 0; more !== undefined && page < PAGES; page++) {
    const answer: InferOutput<Schema> = await ask(api, operation, { ...input, ...more }, pages.schema);
    all.push(...pages.items(answer));
    more = pages.next(answer);
  }
  return all;
}
