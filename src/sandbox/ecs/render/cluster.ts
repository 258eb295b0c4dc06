import type { Cluster } from '../state/records.js';
import type { EcsState } from '../state/state.js';
import { clean, seconds } from '../state/state.js';

/** What DescribeClusters answers; CreateCluster and the rest show all of it. */
export function renderCluster(
  state: EcsState,
  cluster: Cluster,
  include: readonly unknown[] = ['CONFIGURATIONS', 'SETTINGS', 'TAGS'],
): Record<string, unknown> {
  const own = (one: { readonly cluster: string }) => one.cluster === cluster.name;
  const tasks = [...state.tasks.values()].filter((task) => own(task) && task.lastStatus !== 'STOPPED');
  const running = tasks.filter((task) => task.lastStatus === 'RUNNING').length;
  const services = [...state.services.values()].filter((service) => own(service) && service.status === 'ACTIVE');
  return clean({
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    status: cluster.status,
    registeredContainerInstancesCount: 0,
    runningTasksCount: running,
    pendingTasksCount: tasks.length - running,
    activeServicesCount: services.length,
    statistics: include.includes('STATISTICS')
      ? [
          { name: 'runningFargateTasksCount', value: String(running) },
          { name: 'pendingFargateTasksCount', value: String(tasks.length - running) },
          { name: 'activeFargateServiceCount', value: String(services.length) },
        ]
      : [],
    tags: include.includes('TAGS') ? (state.tags.get(cluster.arn) ?? []) : [],
    settings: include.includes('SETTINGS') ? cluster.settings : [],
    configuration: include.includes('CONFIGURATIONS') ? cluster.configuration : undefined,
    capacityProviders: cluster.capacityProviders,
    defaultCapacityProviderStrategy: cluster.defaultStrategy,
    serviceConnectDefaults: cluster.serviceConnectDefaults,
  });
}

/** What DescribeCapacityProviders answers. */
export function renderCapacityProvider(
  state: EcsState,
  provider: Readonly<Record<string, unknown>>,
  withTags: boolean,
): Record<string, unknown> {
  const { tags: _tags, ...shown } = provider;
  return { ...shown, ...(withTags && { tags: state.tags.get(String(provider.capacityProviderArn)) ?? [] }) };
}

/** One of Fargate's two, which are there in every account. */
export function fargateProvider(state: EcsState, name: 'FARGATE' | 'FARGATE_SPOT'): Record<string, unknown> {
  return { capacityProviderArn: state.arn(`capacity-provider/${name}`), name, status: 'ACTIVE', type: name };
}

export function protectedTask(arn: string, until: number | undefined, now: number): Record<string, unknown> {
  const protectionEnabled = until !== undefined && until > now;
  return { taskArn: arn, protectionEnabled, ...(protectionEnabled && { expirationDate: seconds(until) }) };
}
