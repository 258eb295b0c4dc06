import { containersOf, digestOf, isResolved } from '../engine/definitions.js';
import { compact, records, seconds, texts } from '../engine/fields.js';
import { invalid } from '../engine/fault.js';
import type { Json, Revision, Service, World } from '../engine/state.js';
import type { Operation } from './operation.js';

export const serviceRevisions: Readonly<Record<string, Operation>> = {
  DescribeServiceRevisions: {
    changes: false,
    answer(world, input) {
      const arns = texts(input, 'serviceRevisionArns');
      if (arns.length === 0) throw invalid('serviceRevisionArns cannot be empty.');
      if (arns.length > 20) throw invalid('serviceRevisionArns cannot have more than 20 elements.');
      const found = arns.map((arn) => ({ arn, ...findRevision(world, arn) }));
      return {
        serviceRevisions: found.flatMap(({ service, revision }) =>
          service && revision ? [show(world, service, revision)] : [],
        ),
        failures: found.filter(({ revision }) => !revision).map(({ arn }) => ({ arn, reason: 'MISSING' })),
      };
    },
  },
};

export function findRevision(
  world: World,
  arn: string,
): { readonly service: Service; readonly revision: Revision } | undefined {
  for (const service of world.services.values()) {
    const revision = service.revisions.find((one) => one.arn === arn);
    if (revision) return { service, revision };
  }
  return undefined;
}

function show(world: World, service: Service, revision: Revision): Json {
  const { settings } = revision;
  const balancers = records(settings.loadBalancers);
  return compact({
    ...settings,
    serviceRevisionArn: revision.arn,
    serviceArn: service.arn,
    clusterArn: world.names.clusterArn(),
    taskDefinition: revision.definition.arn,
    platformFamily: service.settings.platformFamily,
    containerImages: imagesOf(world, revision),
    guardDutyEnabled: false,
    createdAt: seconds(revision.createdAt),
    resolvedConfiguration: {
      loadBalancers: balancers.map((one) => ({ targetGroupArn: one.targetGroupArn })),
    },
  });
}

/** A digest stands here as soon as one is known: at once when the image names it, else when a first task has pulled it. */
export function imagesOf(world: World, revision: Revision): readonly Json[] {
  return containersOf(revision.definition).map((container) => {
    const image = String(container.image);
    const isKnown = image.includes('@sha256:') || revision.pulledAt !== undefined;
    return compact({
      containerName: container.name,
      image,
      imageDigest: isKnown && isResolved(container) ? digestOf(world, image) : undefined,
    });
  });
}
