import type { ServiceScene } from '../service/scene.js';
import { ecrPlace, referenceOf } from '../service/image-place.js';
import { isFailedRead } from '../check.js';
import type { RolloutFacts } from './predict.js';

/** Reads what a prediction needs; a service whose target groups cannot be read cannot be predicted, and rejects. */
export async function readRolloutFacts(scene: ServiceScene): Promise<RolloutFacts> {
  const { settings, service, task } = scene;
  const [targets, imageBytes] = await Promise.all([readTargets(scene), readBytes(scene)]);
  const checks = task.containers.flatMap(({ name, essential, healthCheck }) =>
    healthCheck && essential ? [{ container: name, interval: healthCheck.interval }] : [],
  );
  return {
    launch: settings.launch,
    strategy: settings.strategy,
    desired: service.desiredCount,
    daemon: settings.daemon,
    minimumHealthyPercent: settings.minimumHealthyPercent,
    maximumPercent: settings.maximumPercent,
    imageBytes,
    target: slowest(targets, ({ interval, threshold, drain }) => interval * threshold + drain),
    containerCheck: slowest(checks, ({ interval }) => interval),
    stop: Math.max(0, ...task.containers.map(({ stopSeconds }) => stopSeconds)),
    bakeMinutes: settings.bakeMinutes,
    shift: settings.shift,
  };
}

function slowest<Item>(items: readonly Item[], seconds: (item: Item) => number): Item | undefined {
  return [...items].sort((a, b) => seconds(b) - seconds(a))[0];
}

async function readTargets({ settings, reads }: ServiceScene): Promise<readonly NonNullable<RolloutFacts['target']>[]> {
  const arns = settings.balancers.flatMap(({ targetGroup }) => targetGroup ?? []);
  const found = arns.map(async (arn) => {
    const [group, attributes] = await Promise.all([reads.targetGroup(arn), reads.targetGroupAttributes(arn)]);
    if (!group) return [];
    return [
      {
        name: group.TargetGroupName,
        interval: group.HealthCheckIntervalSeconds,
        threshold: group.HealthyThresholdCount,
        drain: Number(attributes.get('deregistration_delay.timeout_seconds') ?? 300),
        slowStart: Number(attributes.get('slow_start.duration_seconds') ?? 0),
      },
    ];
  });
  return (await Promise.all(found)).flat();
}

/** Containers are pulled side by side, through one line. Undefined when one of them is not known. */
async function readBytes(scene: ServiceScene): Promise<number | undefined> {
  const sizes = scene.task.containers.map(async ({ image }) => {
    try {
      const place = ecrPlace(image, scene);
      const reference = referenceOf(image);
      if (!place || !reference) return undefined;
      const id = reference.digest ? { imageDigest: reference.digest } : { imageTag: reference.tag ?? 'latest' };
      const told = (await scene.reads.ecrImage(place, id))?.imageSizeInBytes;
      return told ?? (await scene.reads.image(image))?.bytes;
    } catch (error) {
      if (isFailedRead(error)) return undefined;
      throw error;
    }
  });
  const all = await Promise.all(sizes);
  const known = all.filter((bytes) => bytes !== undefined);
  return known.length === all.length && known.length > 0 ? known.reduce((sum, bytes) => sum + bytes, 0) : undefined;
}
