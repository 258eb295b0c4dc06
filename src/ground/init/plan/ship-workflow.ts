import { quote } from 'shell-quote';
import type * as Yaml from 'yaml';
import type { ActionRelease } from '../../../base/declare/action-release.js';
import type { CarriedWorkflow } from '../from/carried.js';
import type { Packages } from '../look/packages.js';
import type { SignIn, Step } from './workflow-parts.js';
import { actions, buildStep, checkout, installSteps, ladingStep, permissions, signIn, step } from './workflow-parts.js';
import { yamlText } from './yaml-text.js';

export interface ShipWish {
  /** The name that tells it from the others: `Ship`, `Ship web`. */
  readonly name: string;
  readonly branch: string;
  readonly build: SignIn;
  readonly deploy: SignIn;
  /** Repository that the image goes to, without a tag. */
  readonly repository: string;
  readonly container: string | undefined;
  /** GitHub's environment of the job that deploys. */
  readonly environment: string | undefined;
  readonly action: ActionRelease;
  /** Folder of `lading.yml` from the top of the repository; empty at the top. */
  readonly folder: string;
  readonly make: Make;
  readonly carried: CarriedWorkflow;
}

/** How the image is made: by lading from the files, or from a Dockerfile by the engine of the runner. */
export type Make =
  | {
      readonly by: 'lading';
      readonly packages: Packages | undefined;
      readonly packagesFolder: string;
      readonly script: string | undefined;
    }
  | { readonly by: 'docker'; readonly context: string; readonly options: readonly string[] };

/**
 * Two jobs with a role each: who makes the image cannot deploy, who deploys cannot push. The digest goes from one to the
 * other: it holds no account id, for which GitHub might drop it.
 */
export function shipWorkflow(yaml: typeof Yaml, wish: ShipWish): string {
  const { name, branch, carried, container, environment = carried.environment, repository } = wish;
  const runsOn = carried.runsOn ?? 'ubuntu-latest';
  const image = `${container === undefined ? '' : `${container}=`}${repository}@\${{ needs.image.outputs.digest }}`;
  const cwd = wish.folder === '' ? undefined : wish.folder;
  const workflow = {
    name,
    on: carried.on ?? { push: { branches: [branch] }, workflow_dispatch: {} },
    permissions: {},
    concurrency: { group: slug(name), 'cancel-in-progress': false },
    jobs: {
      image: {
        'runs-on': runsOn,
        'timeout-minutes': 30,
        permissions,
        outputs: { digest: '${{ steps.image.outputs.digest }}' },
        steps: [checkout(carried.checkout), ...makeSteps(wish, cwd)],
      },
      deploy: {
        needs: 'image',
        'runs-on': runsOn,
        'timeout-minutes': 60,
        ...(environment !== undefined && { environment }),
        permissions,
        steps: [
          checkout(carried.checkout),
          signIn(wish.deploy),
          ladingStep('deploy', wish.action, { cwd, image, ...carried.deploy }, 'deploy'),
        ],
      },
    },
  };
  return yamlText(yaml, workflow, {
    head: 'Written by lading init: from a commit to the service that runs it. One role makes the image, another deploys it.',
    spaced: true,
    comments: {
      concurrency: 'One after the other: the newest commit is deployed last.',
      'jobs.image.outputs': 'The digest alone: an output that holds a masked account id would be dropped.',
    },
  });
}

function makeSteps(wish: ShipWish, cwd: string | undefined): readonly Step[] {
  const { make, carried, action, build } = wish;
  const tag = ['${{ github.sha }}', ...(carried.tags ?? [])].join('\n');
  if (make.by === 'docker') {
    const words = ['--provenance=false', '--tag image:latest', ...make.options];
    const out = '--output type=oci,tar=false,dest=.lading/image';
    return [
      step(actions.buildx),
      {
        run: `docker buildx build ${words.join(' ')} ${out} ${quote([make.context])}`,
        ...(cwd !== undefined && { 'working-directory': cwd }),
      },
      signIn(build),
      ladingStep('push', action, { cwd, tag }, 'image'),
    ];
  }
  const { packages, packagesFolder, script } = make;
  return [
    ...(packages ? installSteps(packages, { root: packagesFolder, node: carried.node }) : []),
    ...(packages && script !== undefined ? [buildStep(packages, script)] : []),
    // Signed in after the packages are installed: their scripts see no key.
    signIn(build),
    ladingStep('build', action, { cwd, push: true, to: wish.repository, tag }, 'image'),
  ];
}

/** `ship-web` of `Ship web`. */
export function slug(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
