import type * as Yaml from 'yaml';
import type { ActionRelease } from '../../../base/declare/action-release.js';
import type { CarriedWorkflow } from '../from/carried.js';
import type { Packages } from '../look/packages.js';
import type { SignIn, Step, With } from './workflow-parts.js';
import { buildStep, checkout, installSteps, ladingStep, permissions, signIn } from './workflow-parts.js';
import { yamlText } from './yaml-text.js';

export interface ShipWish {
  /** The name that tells it from the others: `Ship`, `Ship web`. */
  readonly name: string;
  readonly branch: string;
  readonly build: SignIn;
  readonly deploy: SignIn;
  readonly images: readonly ShippedImage[];
  /** What the step that deploys is given of the images; their digests by {@link digestOf}. */
  readonly deployed: Readonly<Record<string, string>>;
  /** GitHub's environment of the job that deploys. */
  readonly environment: string | undefined;
  readonly action: ActionRelease;
  /** Folder of `lading.yml` from the top of the repository; empty at the top. */
  readonly folder: string;
  /** Its name when that is another one. */
  readonly config: string | undefined;
  readonly carried: CarriedWorkflow;
}

export interface ShippedImage {
  /** Of its job: `image`, `image-web`. */
  readonly job: string;
  /** Its name in `lading.yml`; undefined when that has one image without a name. */
  readonly name: string | undefined;
  /** Repository that it goes to, without a tag. */
  readonly repository: string;
  readonly make: Make;
}

/** The image by its digest, in the job that deploys. */
export function digestOf({ job, repository }: Pick<ShippedImage, 'job' | 'repository'>): string {
  return `${repository}@\${{ needs.${job}.outputs.digest }}`;
}

/** What is done before lading makes the image. */
export interface Make {
  /** Undefined when nothing is installed. */
  readonly packages: Packages | undefined;
  readonly packagesFolder: string;
  /** Folder whose build script runs. */
  readonly script: string | undefined;
}

/**
 * A job for each image and one that deploys, with two roles: who makes an image cannot deploy, who deploys cannot push.
 * The digests go from one to the other: they hold no account id, for which GitHub might drop them.
 */
export function shipWorkflow(yaml: typeof Yaml, wish: ShipWish): string {
  const { name, branch, carried, environment = carried.environment, images } = wish;
  const runsOn = carried.runsOn ?? 'ubuntu-latest';
  const at = placeInputs(wish);
  const jobs = images.map((image) => {
    const job = {
      'runs-on': runsOn,
      'timeout-minutes': 30,
      permissions,
      outputs: { digest: '${{ steps.image.outputs.digest }}' },
      steps: [checkout(carried.checkout), ...makeSteps(image, wish, at)],
    };
    return [image.job, job] as const;
  });
  const names = images.map(({ job }) => job);
  const workflow = {
    name,
    on: carried.on ?? { push: { branches: [branch] }, workflow_dispatch: {} },
    permissions: {},
    concurrency: { group: slug(name), 'cancel-in-progress': false },
    jobs: {
      ...Object.fromEntries(jobs),
      deploy: {
        needs: names.length === 1 ? names[0] : names,
        'runs-on': runsOn,
        'timeout-minutes': 60,
        ...(environment !== undefined && { environment }),
        permissions,
        steps: [
          checkout(carried.checkout),
          signIn(wish.deploy),
          ladingStep('deploy', wish.action, { ...at, ...wish.deployed, ...carried.deploy }, 'deploy'),
        ],
      },
    },
  };
  return yamlText(yaml, workflow, {
    head: 'Written by lading init: from a commit to the service that runs it. One role makes the image, another deploys it.',
    spaced: true,
    comments: {
      concurrency: 'One after the other: the newest commit is deployed last.',
      [`jobs.${names[0] ?? ''}.outputs`]:
        'The digest alone: an output that holds a masked account id would be dropped.',
    },
  });
}

/** Where lading finds its file, as inputs of its steps. */
export function placeInputs({ folder, config }: Pick<ShipWish, 'folder' | 'config'>): With {
  return { ...(folder !== '' && { cwd: folder }), ...(config !== undefined && { config }) };
}

function makeSteps({ make, name, repository }: ShippedImage, wish: ShipWish, at: With): readonly Step[] {
  const { carried, action, build } = wish;
  const tag = ['${{ github.sha }}', ...(carried.tags ?? [])].join('\n');
  const { packages, packagesFolder, script } = make;
  const to = name === undefined ? repository : undefined;
  return [
    ...(packages ? installSteps(packages, { root: packagesFolder, node: carried.node }) : []),
    ...(packages && script !== undefined ? [buildStep(packages, script)] : []),
    // Signed in after the packages are installed: their scripts see no key.
    signIn(build),
    ladingStep('build', action, { ...at, only: name, push: true, to, tag }, 'image'),
  ];
}

/** `ship-web` of `Ship web`. */
export function slug(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
