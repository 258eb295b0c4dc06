import * as v from 'valibot';
import type { Operation } from '../service.js';
import { AwsFault } from '../service.js';
import type { LogGroup, LogState } from './state.js';
import { read, shapes } from './state.js';

const MOST = 50;

/** Tags of log groups. */
export function tagOperations(state: LogState): Record<string, Operation> {
  const resourceArn = shapes.arn;

  function requireResource(arn: string): LogGroup {
    const plain = arn.replace(/:\*$/, '');
    const group = [...state.groups.values()].find((one) => state.arnOf(one) === plain);
    if (group) return group;
    throw new AwsFault('ResourceNotFoundException', 'The specified resource does not exist.');
  }

  return {
    TagResource(input) {
      const asked = read(v.object({ resourceArn, tags: v.record(v.string(), v.string()) }), input);
      const { tags } = requireResource(asked.resourceArn);
      const next = new Map([...tags, ...Object.entries(asked.tags)]);
      if (next.size > MOST) throw new AwsFault('TooManyTagsException', `A resource has ${MOST} tags at most.`);
      for (const [key, value] of next) tags.set(key, value);
      return {};
    },
    UntagResource(input) {
      const asked = read(v.object({ resourceArn, tagKeys: v.array(v.string()) }), input);
      const { tags } = requireResource(asked.resourceArn);
      for (const key of asked.tagKeys) tags.delete(key);
      return {};
    },
    ListTagsForResource(input) {
      const asked = read(v.object({ resourceArn }), input);
      return { tags: Object.fromEntries(requireResource(asked.resourceArn).tags) };
    },
  };
}
