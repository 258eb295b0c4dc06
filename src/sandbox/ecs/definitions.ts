import type { Operation, World } from '../service.js';
import { AwsFault } from '../service.js';
import type { Definition, EcsState } from './state.js';
import { clusterName, requireDefinition, seconds, tagsOf } from './state.js';

/** Clusters and task definitions. */
export function definitionOperations(state: EcsState, world: World): Record<string, Operation> {
  return {
    CreateCluster(input) {
      const name = clusterName(input.clusterName);
      const cluster = state.clusters.get(name) ?? { arn: state.arn(`cluster/${name}`), name };
      state.clusters.set(name, cluster);
      if (input.tags) state.tags.set(cluster.arn, tagsOf(input.tags));
      return { cluster: renderCluster(cluster) };
    },
    DescribeClusters(input) {
      const names = (input.clusters as string[] | undefined) ?? ['default'];
      const found = names.flatMap((name) => state.clusters.get(clusterName(name)) ?? []);
      const missing = names.filter((name) => !state.clusters.has(clusterName(name)));
      return {
        clusters: found.map(renderCluster),
        failures: missing.map((name) => ({ arn: state.arn(`cluster/${clusterName(name)}`), reason: 'MISSING' })),
      };
    },
    ListClusters: () => ({ clusterArns: [...state.clusters.values()].map((cluster) => cluster.arn) }),
    DeleteCluster(input) {
      const cluster = state.clusters.get(clusterName(input.cluster));
      if (!cluster) throw new AwsFault('ClusterNotFoundException', 'Cluster not found.');
      const own = (one: { readonly cluster: string }) => one.cluster === cluster.name;
      if ([...state.services.values()].some((service) => own(service) && service.status !== 'INACTIVE'))
        throw new AwsFault(
          'ClusterContainsServicesException',
          'The Cluster cannot be deleted while Services are active.',
        );
      if ([...state.tasks.values()].some((task) => own(task) && task.lastStatus !== 'STOPPED'))
        throw new AwsFault('ClusterContainsTasksException', 'The Cluster cannot be deleted while Tasks are active.');
      state.clusters.delete(cluster.name);
      return { cluster: { ...renderCluster(cluster), status: 'INACTIVE' } };
    },
    RegisterTaskDefinition(input) {
      const { tags, ...rest } = input as {
        tags?: unknown;
        family?: unknown;
        containerDefinitions?: unknown;
      };
      if (typeof rest.family !== 'string' || !/^[A-Za-z0-9_-]{1,255}$/.test(rest.family))
        throw new AwsFault('ClientException', 'Family should not be blank.');
      const containers = rest.containerDefinitions;
      if (!Array.isArray(containers) || containers.length === 0)
        throw new AwsFault('ClientException', 'Container list cannot be empty.');
      const family = rest.family;
      const revision =
        1 +
        Math.max(
          0,
          ...[...state.definitions.values()]
            .filter((entry) => entry.definition.family === family)
            .map((entry) => entry.definition.revision),
        );
      const name = `${family}:${revision}`;
      const definition: Definition = {
        ...rest,
        family,
        revision,
        taskDefinitionArn: state.arn(`task-definition/${name}`),
        // What ECS fills in by itself.
        containerDefinitions: (containers as Record<string, unknown>[]).map((container) => ({
          cpu: 0,
          portMappings: [],
          essential: true,
          environment: [],
          mountPoints: [],
          volumesFrom: [],
          systemControls: [],
          ...container,
        })),
        volumes: (rest as { volumes?: unknown[] }).volumes ?? [],
        placementConstraints: [],
      };
      const entry = { definition, status: 'ACTIVE', registeredAt: world.clock.now() };
      state.tags.set(definition.taskDefinitionArn, tagsOf(tags));
      state.definitions.set(name, entry);
      return { taskDefinition: renderDefinition(entry), tags: tagsOf(tags) };
    },
    DescribeTaskDefinition(input) {
      const entry = requireDefinition(state, input.taskDefinition);
      const wantsTags = ((input.include as string[] | undefined) ?? []).includes('TAGS');
      return {
        taskDefinition: renderDefinition(entry),
        ...(wantsTags && { tags: state.tags.get(entry.definition.taskDefinitionArn) ?? [] }),
      };
    },
    DeregisterTaskDefinition(input) {
      const entry = requireDefinition(state, input.taskDefinition);
      entry.status = 'INACTIVE';
      return { taskDefinition: renderDefinition(entry) };
    },
    ListTaskDefinitions(input) {
      const prefix = input.familyPrefix;
      const entries = [...state.definitions.values()].filter(
        (entry) =>
          entry.status === (input.status ?? 'ACTIVE') && (prefix === undefined || entry.definition.family === prefix),
      );
      const arns = entries.map((entry) => entry.definition.taskDefinitionArn);
      return { taskDefinitionArns: input.sort === 'DESC' ? arns.reverse() : arns };
    },
    DeleteTaskDefinitions(input) {
      const entries = ((input.taskDefinitions as string[] | undefined) ?? []).map((arn) =>
        requireDefinition(state, arn),
      );
      for (const entry of entries) {
        if (entry.status === 'ACTIVE')
          throw new AwsFault('ClientException', 'The specified task definition is ACTIVE. Deregister it first.');
        state.definitions.delete(`${entry.definition.family}:${entry.definition.revision}`);
      }
      return {
        taskDefinitions: entries.map((entry) => ({ ...renderDefinition(entry), status: 'DELETE_IN_PROGRESS' })),
        failures: [],
      };
    },
  };
}

function renderCluster(cluster: { readonly arn: string; readonly name: string }): Record<string, unknown> {
  return {
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    status: 'ACTIVE',
    registeredContainerInstancesCount: 0,
    runningTasksCount: 0,
    pendingTasksCount: 0,
    activeServicesCount: 0,
    statistics: [],
    tags: [],
    settings: [],
    capacityProviders: [],
    defaultCapacityProviderStrategy: [],
  };
}

function renderDefinition(entry: {
  readonly definition: Definition;
  readonly status: string;
  readonly registeredAt: number;
}): Record<string, unknown> {
  return {
    ...entry.definition,
    status: entry.status,
    requiresAttributes: [],
    compatibilities: ['EC2', 'FARGATE'],
    registeredAt: seconds(entry.registeredAt),
    registeredBy: 'arn:aws:iam::123456789012:user/sandbox',
  };
}
