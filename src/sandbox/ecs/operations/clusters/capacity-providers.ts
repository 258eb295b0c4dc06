import { isDeepStrictEqual } from 'node:util';
import type { Operation } from '../../../service.js';
import { AwsFault } from '../../../service.js';
import { renderCapacityProvider, renderCluster } from '../../render/cluster.js';
import { requireClusterRecord } from '../../state/find.js';
import type { Input } from '../../state/records.js';
import type { EcsState } from '../../state/state.js';
import { lastPart, listOf } from '../../state/state.js';
import { checkedTags } from '../../state/tags.js';
import type { Pages } from '../page.js';
import { invalid } from '../invalid.js';

/** Where tasks run: Fargate, Fargate Spot, and what CreateCapacityProvider makes of Auto Scaling groups. */
export function capacityProviderOperations(state: EcsState, pages: Pages): Record<string, Operation> {
  const find = (name: unknown): Input | undefined => state.capacityProviders.get(lastPart(String(name)));
  const require = (name: unknown): Input => {
    const found = find(name);
    if (!found)
      throw invalid('The specified capacity provider does not exist. Specify a valid name or ARN and try again.');
    return found;
  };

  return {
    CreateCapacityProvider(input) {
      const name = String(input.name);
      if (!/^[A-Za-z0-9_-]{1,255}$/.test(name) || /^(aws|ecs|fargate)/i.test(name))
        throw invalid('The specified capacity provider name is invalid. It can not begin with aws, ecs or fargate.');
      if (input.autoScalingGroupProvider === undefined)
        throw new AwsFault(
          'UnsupportedFeatureException',
          'The sandbox has capacity providers of Auto Scaling groups only.',
        );
      const tags = input.tags === undefined ? [] : checkedTags(input.tags);
      const asked = { ...(input.autoScalingGroupProvider as Input) };
      const existing = find(name);
      if (
        existing &&
        !isDeepStrictEqual((existing.autoScalingGroupProvider as Input).autoScalingGroupArn, asked.autoScalingGroupArn)
      )
        throw invalid('A capacity provider with that name already exists.');
      const provider: Input = existing ?? {
        capacityProviderArn: state.arn(`capacity-provider/${name}`),
        name,
        status: 'ACTIVE',
        autoScalingGroupProvider: {
          managedScaling: { status: 'DISABLED' },
          managedTerminationProtection: 'DISABLED',
          managedDraining: 'ENABLED',
          ...asked,
        },
        updateStatus: 'CREATE_COMPLETE',
        type: 'EC2_AUTOSCALING',
      };
      state.capacityProviders.set(name, provider);
      state.tags.set(String(provider.capacityProviderArn), tags);
      return { capacityProvider: renderCapacityProvider(state, provider, true) };
    },
    UpdateCapacityProvider(input) {
      const provider = require(input.name);
      if (provider.autoScalingGroupProvider === undefined)
        throw invalid('Fargate capacity providers can not be updated.');
      const changed: Input = {
        ...provider,
        autoScalingGroupProvider: {
          ...(provider.autoScalingGroupProvider as Input),
          ...(input.autoScalingGroupProvider as Input | undefined),
        },
        updateStatus: 'UPDATE_COMPLETE',
      };
      state.capacityProviders.set(String(provider.name), changed);
      return { capacityProvider: renderCapacityProvider(state, changed, false) };
    },
    DeleteCapacityProvider(input) {
      const provider = require(input.capacityProvider ?? input.name);
      const name = String(provider.name);
      if (provider.autoScalingGroupProvider === undefined)
        throw invalid('The specified capacity provider is managed by AWS and can not be deleted.');
      if ([...state.clusters.values()].some((one) => one.status === 'ACTIVE' && one.capacityProviders.includes(name)))
        throw invalid('The capacity provider cannot be deleted because it is associated with one or more clusters.');
      state.capacityProviders.delete(name);
      const gone = { ...provider, status: 'INACTIVE', updateStatus: 'DELETE_COMPLETE' };
      return { capacityProvider: renderCapacityProvider(state, gone, false) };
    },
    DescribeCapacityProviders(input) {
      const asked = listOf(input.capacityProviders).map(String);
      const own =
        input.cluster === undefined ? undefined : requireClusterRecord(state, input.cluster).capacityProviders;
      const all = [...state.capacityProviders.values()].filter((one) => !own || own.includes(String(one.name)));
      const found: readonly Input[] =
        asked.length === 0 ? all : all.filter((one) => asked.map(lastPart).includes(String(one.name)));
      const withTags = listOf(input.include).includes('TAGS');
      const { page, more } = pages.cut(found, input, { most: 10, usual: 10 });
      return {
        capacityProviders: page.map((provider) => renderCapacityProvider(state, provider, withTags)),
        failures: asked
          .filter((name) => !find(name))
          .map((name) => ({ arn: state.arn(`capacity-provider/${lastPart(name)}`), reason: 'MISSING' })),
        ...more,
      };
    },
    PutClusterCapacityProviders(input) {
      const cluster = requireClusterRecord(state, input.cluster);
      const providers = listOf(input.capacityProviders).map(lastPartOf);
      const strategy = listOf(input.defaultCapacityProviderStrategy) as Input[];
      checkProviders(state, providers);
      checkStrategy(strategy, providers);
      const used = [...state.services.values()]
        .filter((service) => service.cluster === cluster.name && service.status === 'ACTIVE')
        .flatMap((service) =>
          (listOf(service.input.capacityProviderStrategy) as Input[]).map((item) => item.capacityProvider),
        );
      if (cluster.capacityProviders.some((name) => used.includes(name) && !providers.includes(name)))
        throw new AwsFault(
          'ResourceInUseException',
          'The specified capacity provider is in use and cannot be removed.',
        );
      Object.assign(cluster, { capacityProviders: providers, defaultStrategy: strategy });
      return { cluster: renderCluster(state, cluster) };
    },
  };
}

export function checkProviders(state: EcsState, names: readonly string[]): void {
  if (names.some((name) => !state.capacityProviders.has(name)))
    throw invalid('The specified capacity provider does not exist. Specify a valid name or ARN and try again.');
}

/** Of a cluster's default, a service or RunTask. */
export function checkStrategy(strategy: readonly Input[], associated: readonly string[]): void {
  if (strategy.length > 20) throw invalid('A capacity provider strategy can contain at most 20 capacity providers.');
  if (strategy.some((item) => !associated.includes(lastPart(String(item.capacityProvider)))))
    throw invalid(
      'The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster and try again.',
    );
  if (strategy.filter((item) => Number(item.base ?? 0) > 0).length > 1)
    throw invalid('Only one capacity provider in a capacity provider strategy can have a base defined.');
  if (strategy.length > 0 && strategy.every((item) => Number(item.weight ?? 0) === 0))
    throw invalid('At least one capacity provider in a capacity provider strategy must have a weight greater than 0.');
}

function lastPartOf(value: unknown): string {
  return lastPart(String(value));
}
