import { AwsFault } from '../../service.js';
import type { Tag } from './records.js';
import type { EcsState } from './state.js';
import { listOf } from './state.js';

const MOST = 50;

export function tagsOf(value: unknown): readonly Tag[] {
  return listOf(value) as readonly Tag[];
}

/** The tags of a new resource, looked through. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-using-tags.html */
export function checkedTags(value: unknown): readonly Tag[] {
  const tags = tagsOf(value);
  checkTags(tags);
  return tags;
}

/** Adds tags to what has some. */
export function addTags(state: EcsState, arn: string, added: readonly Tag[]): void {
  const kept = (state.tags.get(arn) ?? []).filter((tag) => !added.some((one) => one.key === tag.key));
  const tags = [...kept, ...added];
  checkTags(tags);
  state.tags.set(arn, tags);
}

function checkTags(tags: readonly Tag[]): void {
  if (tags.length > MOST) throw wrong(`The number of tags exceeds the limit of ${MOST}.`);
  const keys = tags.map(({ key }) => key);
  if (new Set(keys).size < keys.length) throw wrong('Duplicate tag keys are not allowed.');
  for (const { key, value = '' } of tags) {
    if (key.length < 1 || key.length > 128) throw wrong('The length of a tag key must be between 1 and 128.');
    if (value.length > 256) throw wrong('The length of a tag value must be at most 256.');
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(key + value)) throw wrong('Tags contain invalid characters.');
    if (/^aws:/i.test(key)) throw wrong('Tag keys that begin with aws: are reserved.');
  }
}

function wrong(message: string): AwsFault {
  return new AwsFault('InvalidParameterException', message);
}
