import { texts } from '../engine/fields.js';
import { activeOf, pendingIn, runningIn } from '../engine/deployment/service-facts.js';
import { hasCluster } from './lookup.js';
import type { World } from '../engine/state.js';
import type { Operation } from './operation.js';

export const clusters: Readonly<Record<string, Operation>> = {
  DescribeClusters: {
    changes: false,
    answer(world, input) {
      const given = texts(input, 'clusters');
      const names = (given.length > 0 ? given : ['default']).map((one) => one.slice(one.lastIndexOf('/') + 1));
      return {
        clusters: names.filter((name) => hasCluster(world, name)).map(() => show(world)),
        failures: names
          .filter((name) => !hasCluster(world, name))
          .map((name) => ({ arn: world.names.arn(`cluster/${name}`), reason: 'MISSING' })),
      };
    },
  },
};

function show(world: World) {
  const deployments = [...world.services.values()].flatMap((one) => one.deployments);
  return {
    clusterArn: world.names.clusterArn(),
    clusterName: world.names.cluster,
    status: 'ACTIVE',
    registeredContainerInstancesCount: 0,
    runningTasksCount: deployments.reduce((sum, one) => sum + runningIn(one), 0),
    pendingTasksCount: deployments.reduce((sum, one) => sum + pendingIn(one), 0),
    activeServicesCount: deployments.some((one) => activeOf(one).length > 0) ? 1 : 0,
    statistics: [],
    tags: [],
    settings: [],
    capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    defaultCapacityProviderStrategy: [],
  };
}
