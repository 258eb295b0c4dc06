import type { Operation } from '../../../service.js';
import { AwsFault } from '../../../service.js';
import type { Views } from '../../consistency/views.js';
import { findService, requireCluster } from '../../state/find.js';
import type { Input, SandboxService } from '../../state/records.js';
import type { EcsState } from '../../state/state.js';
import { lastPart, listOf } from '../../state/state.js';
import type { Pages } from '../page.js';
import { invalid } from '../invalid.js';

/** Ten, unless the call says otherwise. */
const PAGE = { most: 100, usual: 10 };

/** What services there are, and how they stand. */
export function serviceReads(state: EcsState, views: Views, pages: Pages): Record<string, Operation> {
  const arnsOf = (services: readonly SandboxService[]) =>
    views.order(services, (service) => service.arn).map((service) => service.arn);

  return {
    DescribeServices(input) {
      const cluster = requireCluster(state, input.cluster);
      const names = listOf(input.services).map(String);
      if (names.length === 0) throw invalid('Services cannot be empty.');
      if (names.length > 10) throw invalid('Services cannot have more than 10 elements.');
      const withTags = listOf(input.include).includes('TAGS');
      const services: unknown[] = [];
      const failures: unknown[] = [];
      for (const name of names) {
        const service = findService(state, cluster, name);
        const view = service && views.service(service, withTags);
        if (view) services.push(view);
        else failures.push({ arn: state.arn(`service/${cluster}/${lastPart(name)}`), reason: 'MISSING' });
      }
      return { services, failures };
    },
    ListServices(input) {
      const cluster = requireCluster(state, input.cluster);
      const { launchType, schedulingStrategy, resourceManagementType } = input;
      const own = [...state.services.values()].filter(
        (service) =>
          service.cluster === cluster &&
          service.status !== 'INACTIVE' &&
          (launchType ?? service.input.launchType) === service.input.launchType &&
          (schedulingStrategy === undefined ||
            (service.input.schedulingStrategy ?? 'REPLICA') === schedulingStrategy) &&
          resourceManagementType !== 'ECS',
      );
      const { page, more } = pages.cut(arnsOf(own), input, PAGE);
      return { serviceArns: page, ...more };
    },
    ListServicesByNamespace(input) {
      const namespace = lastPart(String(input.namespace));
      const own = [...state.services.values()].filter(
        (service) => service.status !== 'INACTIVE' && namespaceOf(state, service) === namespace,
      );
      const known = [...state.clusters.values()].some((one) => nameOf(one.serviceConnectDefaults) === namespace);
      if (own.length === 0 && !known)
        throw new AwsFault('NamespaceNotFoundException', 'The specified namespace was not found.');
      const { page, more } = pages.cut(arnsOf(own), input, PAGE);
      return { serviceArns: page, ...more };
    },
  };
}

/** The Cloud Map namespace of Service Connect: the service's own, or its cluster's. */
function namespaceOf(state: EcsState, service: SandboxService): string | undefined {
  const connect = service.input.serviceConnectConfiguration as Input | undefined;
  if (connect?.enabled !== true) return undefined;
  return nameOf(connect) ?? nameOf(state.clusters.get(service.cluster)?.serviceConnectDefaults);
}

function nameOf(value: Input | undefined): string | undefined {
  return typeof value?.namespace === 'string' ? lastPart(value.namespace) : undefined;
}
