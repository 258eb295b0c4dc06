import type { Operation } from '../service.js';
import type { EcsState } from './state.js';
import { tagsOf } from './state.js';

/** Tags of anything that has an ARN. */
export function tagOperations(state: EcsState): Record<string, Operation> {
  return {
    ListTagsForResource: (input) => ({ tags: state.tags.get(String(input.resourceArn)) ?? [] }),
    TagResource(input) {
      const arn = String(input.resourceArn);
      const added = tagsOf(input.tags);
      const kept = (state.tags.get(arn) ?? []).filter((tag) => !added.some((one) => one.key === tag.key));
      state.tags.set(arn, [...kept, ...added]);
      return {};
    },
    UntagResource(input) {
      const arn = String(input.resourceArn);
      const keys = (input.tagKeys as string[] | undefined) ?? [];
      state.tags.set(
        arn,
        (state.tags.get(arn) ?? []).filter((tag) => !keys.includes(tag.key)),
      );
      return {};
    },
  };
}
