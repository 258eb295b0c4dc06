import type { Operation } from '../../../service.js';
import { AwsFault } from '../../../service.js';
import { renderCluster } from '../../render/cluster.js';
import { clusterName, findCluster, requireClusterRecord } from '../../state/find.js';
import type { Cluster, Input } from '../../state/records.js';
import type { EcsState } from '../../state/state.js';
import { listOf } from '../../state/state.js';
import { checkedTags } from '../../state/tags.js';
import { checkProviders, checkStrategy } from './capacity-providers.js';
import type { Pages } from '../page.js';
import { settingFor } from './account-settings.js';
import { invalid } from '../invalid.js';

const INSIGHTS = new Set(['enabled', 'disabled', 'enhanced']);

/** Clusters, their settings and configuration. */
export function clusterOperations(state: EcsState, pages: Pages): Record<string, Operation> {
  return {
    CreateCluster(input) {
      const name = clusterName(input.clusterName);
      if (!/^[A-Za-z0-9_-]{1,255}$/.test(name)) throw invalid('Cluster name contains invalid characters.');
      const tags = input.tags === undefined ? undefined : checkedTags(input.tags);
      const existing = findCluster(state, name);
      const providers = listOf(input.capacityProviders).map(String);
      checkProviders(state, providers);
      const defaultStrategy = listOf(input.defaultCapacityProviderStrategy) as Input[];
      checkStrategy(defaultStrategy, providers);
      const settings = settingsOf(input.settings);
      if (existing) return { cluster: renderCluster(state, existing) };
      const cluster: Cluster = {
        ...newCluster(state, name),
        configuration: input.configuration as Input | undefined,
        capacityProviders: providers,
        defaultStrategy,
        serviceConnectDefaults: input.serviceConnectDefaults as Input | undefined,
        ...(settings.length > 0 && { settings }),
      };
      state.clusters.set(name, cluster);
      state.tags.set(cluster.arn, tags ?? []);
      return { cluster: renderCluster(state, cluster) };
    },
    DescribeClusters(input) {
      const names = listOf(input.clusters).map(String);
      if (names.length > 100) throw invalid('Clusters cannot have more than 100 elements.');
      const wanted = names.length > 0 ? names : ['default'];
      const found = wanted.flatMap((name) => state.clusters.get(clusterName(name)) ?? []);
      const missing = wanted.filter((name) => !state.clusters.has(clusterName(name)));
      return {
        clusters: found.map((cluster) => renderCluster(state, cluster, listOf(input.include))),
        failures: missing.map((name) => ({ arn: state.arn(`cluster/${clusterName(name)}`), reason: 'MISSING' })),
      };
    },
    ListClusters(input) {
      const arns = [...state.clusters.values()].flatMap((one) => (one.status === 'ACTIVE' ? one.arn : []));
      const { page, more } = pages.cut(arns, input, { most: 100, usual: 100 });
      return { clusterArns: page, ...more };
    },
    UpdateCluster(input) {
      const cluster = requireClusterRecord(state, input.cluster);
      const settings = settingsOf(input.settings);
      if (settings.length > 0) cluster.settings = settings;
      if (input.configuration !== undefined) cluster.configuration = input.configuration as Input;
      if (input.serviceConnectDefaults !== undefined)
        cluster.serviceConnectDefaults = input.serviceConnectDefaults as Input;
      return { cluster: renderCluster(state, cluster) };
    },
    UpdateClusterSettings(input) {
      const cluster = requireClusterRecord(state, input.cluster);
      cluster.settings = settingsOf(input.settings);
      return { cluster: renderCluster(state, cluster) };
    },
    DeleteCluster(input) {
      const cluster = requireClusterRecord(state, input.cluster);
      const own = (one: { readonly cluster: string }) => one.cluster === cluster.name;
      const refuse = (what: string) => {
        throw new AwsFault(
          `ClusterContains${what}Exception`,
          `The Cluster cannot be deleted while ${what} are active.`,
        );
      };
      if ([...state.services.values()].some((service) => own(service) && service.status !== 'INACTIVE'))
        refuse('Services');
      if ([...state.tasks.values()].some((task) => own(task) && task.lastStatus !== 'STOPPED')) refuse('Tasks');
      cluster.status = 'INACTIVE';
      return { cluster: renderCluster(state, cluster) };
    },
  };
}

export function newCluster(state: EcsState, name: string): Cluster {
  const containerInsights = settingFor(state, 'containerInsights');
  return {
    arn: state.arn(`cluster/${name}`),
    name,
    status: 'ACTIVE',
    settings: [{ name: 'containerInsights', value: containerInsights }],
    configuration: undefined,
    capacityProviders: [],
    defaultStrategy: [],
    serviceConnectDefaults: undefined,
  };
}

function settingsOf(value: unknown): Cluster['settings'] {
  const settings = listOf(value) as Cluster['settings'];
  for (const { name, value: set } of settings)
    if (name !== 'containerInsights' || !INSIGHTS.has(set)) throw invalid(`Invalid cluster setting ${name}: ${set}.`);
  return settings;
}
