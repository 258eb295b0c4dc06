import * as v from 'valibot';
import type { Operation } from '../service.js';
import { AwsFault } from '../service.js';
import { read, shapes } from './input.js';
import type { RegistryState } from './registry-state.js';

const MOST = 50;

/** The tags of a repository itself, which ECR's API calls tags as well as those of images. */
export function labelOperations(state: RegistryState): Record<string, Operation> {
  const resourceArn = v.string();
  const labelsOf = (arn: string) => state.recordOf(state.requireResource(arn)).labels;
  return {
    TagResource(input) {
      const asked = read(v.object({ resourceArn, tags: shapes.tags }), input);
      const labels = labelsOf(asked.resourceArn);
      const next = putLabels(new Map(labels), asked.tags);
      for (const [key, value] of next) labels.set(key, value);
      return {};
    },
    UntagResource(input) {
      const asked = read(v.object({ resourceArn, tagKeys: v.array(v.string()) }), input);
      const labels = labelsOf(asked.resourceArn);
      for (const key of asked.tagKeys) labels.delete(key);
      return {};
    },
    ListTagsForResource(input) {
      const asked = read(v.object({ resourceArn }), input);
      return { tags: [...labelsOf(asked.resourceArn)].map(([Key, Value]) => ({ Key, Value })) };
    },
  };
}

/** Puts tags beside those that are there. Throws what ECR says of keys and values that AWS does not allow. */
export function putLabels(
  labels: Map<string, string>,
  tags: readonly { readonly Key: string; readonly Value: string }[],
): Map<string, string> {
  const allowed = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
  for (const { Key, Value } of tags) {
    const isOdd =
      !allowed.test(Key) || !allowed.test(Value) || Key.length < 1 || Key.length > 128 || Value.length > 256;
    if (isOdd || /^aws:/i.test(Key))
      throw new AwsFault(
        'InvalidTagParameterException',
        `Invalid tag: '${Key}'. Keys have 1 to 128 characters, values up to 256, none begins with aws:`,
      );
    labels.set(Key, Value);
  }
  if (labels.size > MOST)
    throw new AwsFault('TooManyTagsException', `A resource has ${MOST} tags at most, not ${labels.size}`);
  return labels;
}
