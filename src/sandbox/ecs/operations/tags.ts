import type { Operation } from '../../service.js';
import { AwsFault } from '../../service.js';
import { clusterName } from '../state/find.js';
import type { EcsState } from '../state/state.js';
import { listOf } from '../state/state.js';
import { addTags, checkedTags } from '../state/tags.js';
import { invalid } from './invalid.js';

/** Tags of anything that has an ARN. */
export function tagOperations(state: EcsState): Record<string, Operation> {
  function requireResource(value: unknown): string {
    const arn = String(value);
    const [, kind = '', rest = ''] = /^arn:[^:]+:ecs:[^:]+:\d+:([a-z-]+)\/(.+)$/.exec(arn) ?? [];
    if (kind === '') throw invalid('The resource ARN is invalid. Specify a valid ARN and try again.');
    if (kind === 'cluster' && state.clusters.get(clusterName(rest))?.status !== 'ACTIVE')
      throw invalid('The specified cluster is inactive. Specify an active cluster and try again.');
    if (!state.tags.has(arn) && !isKnown(kind, rest, arn))
      throw new AwsFault('InvalidParameterException', `The specified ${kind.replace(/-/g, ' ')} was not found.`);
    return arn;
  }

  function isKnown(kind: string, rest: string, arn: string): boolean {
    if (kind === 'service') return state.services.has(rest);
    if (kind === 'task') return state.tasks.has(arn);
    if (kind === 'task-definition') return state.definitions.has(rest);
    return kind === 'cluster' || (kind === 'capacity-provider' && state.capacityProviders.has(rest));
  }

  return {
    ListTagsForResource: (input) => ({ tags: state.tags.get(requireResource(input.resourceArn)) ?? [] }),
    TagResource(input) {
      addTags(state, requireResource(input.resourceArn), checkedTags(input.tags));
      return {};
    },
    UntagResource(input) {
      const arn = requireResource(input.resourceArn);
      const keys = listOf(input.tagKeys);
      state.tags.set(
        arn,
        (state.tags.get(arn) ?? []).filter((tag) => !keys.includes(tag.key)),
      );
      return {};
    },
  };
}
