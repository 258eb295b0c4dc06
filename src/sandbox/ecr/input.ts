import * as v from 'valibot';
import type { Violation } from '../constraints.js';
import { readInput } from '../constraints.js';
import type { Page } from '../page.js';
import { pageOf } from '../page.js';
import { REPOSITORY_NAME } from '../registry/images.js';
import type { Setting } from '../service.js';
import { AwsFault } from '../service.js';

export type Input = Readonly<Record<string, unknown>>;

/** Shapes that ECR's operations share, from its model. */
export const shapes = {
  repositoryName: v.pipe(v.string(), v.minLength(2), v.maxLength(256), v.regex(REPOSITORY_NAME)),
  registryId: v.optional(v.pipe(v.string(), v.regex(/^[0-9]{12}$/))),
  imageId: v.object({
    imageDigest: v.optional(v.string()),
    imageTag: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(300))),
  }),
  nextToken: v.optional(v.string()),
  maxResults: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000))),
  tagStatus: v.optional(v.object({ tagStatus: v.optional(v.picklist(['TAGGED', 'UNTAGGED', 'ANY'])) })),
  digest: v.pipe(v.string(), v.regex(/^[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+$/)),
  tags: v.array(v.object({ Key: v.string(), Value: v.string() })),
};

export type ImageId = v.InferOutput<typeof shapes.imageId>;

/** A repository, and what else an operation takes. */
export const ofRepository = { registryId: shapes.registryId, repositoryName: shapes.repositoryName };

export const manyImageIds = v.pipe(v.array(shapes.imageId), v.minLength(1), v.maxLength(100));

export function read<Schema extends v.GenericSchema>(schema: Schema, input: Input): v.InferOutput<Schema> {
  return readInput(schema, input, ([{ place, rule }]: readonly [Violation, ...Violation[]]) =>
    invalid(
      place,
      rule.replace(/^Member /, '').replace(/^(must satisfy regular expression) pattern: (.*)$/, "$1 '$2'"),
    ),
  );
}

/** As ECR words it. */
export function invalid(parameter: string, constraint: string): AwsFault {
  return new AwsFault(
    'InvalidParameterException',
    `Invalid parameter at '${parameter}' failed to satisfy constraint: '${constraint}'`,
  );
}

export function pageOfEcr<Item>(
  all: readonly Item[],
  asked: { readonly nextToken?: string | undefined; readonly maxResults?: number | undefined },
  setting: Setting,
): Page<Item> {
  return pageOf(all, {
    token: asked.nextToken,
    size: asked.maxResults ?? 100,
    pageSize: setting.pageSize,
    invalid: () => invalid('nextToken', 'must be a token of the answer before'),
  });
}
