import type { ContainerSettings } from '../../../ecs/definition/settings.js';
import { formatPlatform } from '../../../oci/platform.js';
import type { Check } from '../check.js';
import { eachThing } from '../check.js';
import type { Finding } from '../finding.js';
import { ok, unknown, wrong } from '../finding.js';
import { ecrPlace, referenceOf } from './image-place.js';
import { expiringImages } from './lifecycle.js';
import type { RegionalRepository, ServiceScene } from './scene.js';

/** The images of a task: their repository, themselves, their platform, and what takes them away. */
export const imageChecks: readonly Check<ServiceScene>[] = [
  perImage({ id: 'image', title: 'the image' }, image),
  perImage({ id: 'repository', title: 'the repository' }, repository),
  perImage({ id: 'repository/lifecycle', title: 'the lifecycle rules for the image' }, lifecycle),
];

function perImage(
  { id, title }: Pick<Check<ServiceScene>, 'id' | 'title'>,
  look: (container: ContainerSettings, scene: ServiceScene) => Promise<readonly Finding[]>,
): Check<ServiceScene> {
  return {
    id,
    title,
    run(scene) {
      const byImage = new Map(scene.task.containers.map((container) => [container.image, container]));
      return eachThing(
        [...byImage.values()],
        (one) => ({ id, title: `${title} of ${one.name}` }),
        (one) => look(one, scene),
      );
    },
  };
}

async function image(container: ContainerSettings, scene: ServiceScene): Promise<readonly Finding[]> {
  const { name, image: text } = container;
  const { task, reads } = scene;
  if (!referenceOf(text))
    return [unknown('image', `the image of ${name} cannot be looked at: ${text || 'none is named'}`)];
  // Its login is a secret, which is not read.
  if (container.hasRegistryLogin)
    return [unknown('image', `whether ${text} exists: its registry wants the login of ${name}`)];
  const found = await reads.image(text);
  if (!found) {
    return [
      wrong('image', `the image of ${name} does not exist: ${text}`, {
        fix: 'Push it, or deploy one that is there: a task that starts now cannot pull it.',
      }),
    ];
  }
  const has = found.platforms.map(formatPlatform);
  const { architecture, os } = task;
  const fits = found.platforms.some(
    (one) => one.os === os && (architecture === undefined || one.architecture === architecture),
  );
  if (found.platforms.length > 0 && !fits) {
    const wants = `${os}/${architecture ?? 'any'}`;
    return [
      wrong('image/platform', `the image of ${name} is for ${has.join(', ')}, and its task for ${wants}: ${text}`, {
        fix: `Build it for ${wants}, or set runtimePlatform of the task definition to what the image is for.`,
      }),
    ];
  }
  return [ok('image', `the image of ${name} exists${has.length > 0 ? ` for ${has.join(', ')}` : ''}: ${text}`)];
}

async function repository({ image: text }: ContainerSettings, scene: ServiceScene): Promise<readonly Finding[]> {
  const place = ecrPlace(text, scene);
  if (!place) return [];
  const found = await scene.reads.repository(place);
  if (!found) {
    return [
      wrong('repository', `there is no repository ${place.name} in ${place.region}`, {
        fix: `Create it, with immutable tags: lading infra apply registry`,
      }),
    ];
  }
  const digest = referenceOf(text)?.digest;
  if (!found.imageTagMutability.startsWith('MUTABLE'))
    return [ok('repository', `the repository ${place.name} exists, its tags never move`)];
  const why =
    digest === undefined ? `: ${text} may be another image tomorrow` : ', though the task names its image by digest';
  return [
    ok('repository/tags', `the tags of ${place.name} may move${why}`, {
      fix: 'Make its tags immutable, and deploy by digest, as lading does.',
      mend: {
        in: 'aws',
        name: 'immutable-tags',
        service: 'ecr',
        region: place.region,
        operation: 'PutImageTagMutability',
        input: {
          ...(place.account !== undefined && { registryId: place.account }),
          repositoryName: place.name,
          imageTagMutability: 'IMMUTABLE',
        },
        ask: `Make the tags of ${place.name} immutable`,
      },
    }),
  ];
}

async function lifecycle({ image: text }: ContainerSettings, scene: ServiceScene): Promise<readonly Finding[]> {
  const place = ecrPlace(text, scene);
  const reference = referenceOf(text);
  if (!place || !reference) return [];
  const policy = await scene.reads.lifecyclePolicy(place);
  if (policy === undefined) {
    return [ok('repository/lifecycle', `${place.name} keeps every image: it has no lifecycle rules`)];
  }
  const running = await imageOf(place, text, scene);
  if (running === undefined) return [];
  const images = await scene.reads.ecrImages(place);
  const threat = expiringImages(policy, images, scene.now).get(running);
  if (threat === 'unreadable')
    return [unknown('repository/lifecycle', `what the lifecycle rules of ${place.name} take away cannot be told`)];
  if (threat === undefined)
    return [ok('repository/lifecycle', `the lifecycle rules of ${place.name} leave the image that runs`)];
  const at = threat.kind === 'soon' ? 'takes away' : 'takes away in time';
  const what = `rule ${threat.rule} of ${place.name} ${at} the image that runs (${threat.why}): ${text}`;
  const fix =
    'Let rules expire untagged images only, and deploy by tags that stay: a task that starts later cannot pull it.';
  return [
    threat.kind === 'soon' ? wrong('repository/lifecycle', what, { fix }) : ok('repository/lifecycle', what, { fix }),
  ];
}

async function imageOf(place: RegionalRepository, text: string, { reads }: ServiceScene): Promise<string | undefined> {
  const reference = referenceOf(text);
  if (reference?.digest) return reference.digest;
  return (await reads.ecrImage(place, { imageTag: reference?.tag ?? 'latest' }))?.imageDigest;
}
