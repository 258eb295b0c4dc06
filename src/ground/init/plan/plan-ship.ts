import { basename, join } from 'node:path';
import type * as Yaml from 'yaml';
import { ecrRegion } from '../../../aws/ecr.js';
import { parseReference, repositoryName } from '../../../oci/reference.js';
import { mistakeIn } from '../check.js';
import type { App } from '../look/app.js';
import type { Config } from '../look/config.js';
import { pathBelow } from '../look/look.js';
import type { Settings } from '../settings.js';
import { textOf } from '../settings.js';
import type { PlanInput, PlannedWorkflow } from './plan-input.js';
import type { Make, ShippedImage, ShipWish } from './ship-workflow.js';
import { digestOf, shipWorkflow, slug } from './ship-workflow.js';
import type { SignIn } from './workflow-parts.js';
import { roleVariables, variable } from './workflow-parts.js';

const WHAT = 'the workflow that ships';

/** The workflow that takes each commit of a branch to the services. */
export function planShip(yaml: typeof Yaml, input: PlanInput): PlannedWorkflow {
  const { look, request, carried } = input;
  const { repository, config } = look;
  const place = placeOf(input);
  if ('none' in place || 'open' in place) return place;
  const images = config?.isLong ? namedImages(config, input) : onlyImage(input);
  if ('open' in images) return images;
  const wish: ShipWish = {
    ...place,
    branch: request.branch ?? repository.branch ?? 'main',
    build: signInOf('build', images.list, input),
    deploy: signInOf('deploy', images.list, input),
    images: images.list,
    deployed: images.deployed,
    environment: environmentOf(input),
    carried,
  };
  const path = join(repository.top, '.github/workflows', `${slug(wish.name)}.yml`);
  const file = { path, text: shipWorkflow(yaml, wish), yields: !request.speaksOfWorkflow };
  return { file, steps: roleSteps(['build', 'deploy'], input) };
}

/** Where the workflow stands and how it is called, or why it cannot be. */
export function placeOf(
  { look, request }: PlanInput,
  what = 'Ship',
): Pick<ShipWish, 'name' | 'folder' | 'config' | 'action'> | { readonly open: string } | { readonly none: true } {
  const { repository, folder } = look;
  const isElsewhere = repository.host !== undefined && !/(?:^|\.)github\.|\.ghe\.com$/.test(repository.host);
  if (request.workflow === 'none' || (request.workflow === undefined && isElsewhere)) return { none: true };
  const { action } = request;
  if (action === undefined)
    return { open: `${WHAT}: this lading does not know where its actions are released (--action OWNER/REPO@REF)` };
  const below = pathBelow(repository.top, folder) ?? '.';
  // It would go into the workflow, and be run there.
  if (mistakeIn('build.app', below) !== undefined) return { open: `${WHAT}: the path ${below} cannot stand in one` };
  const called = look.config === undefined ? undefined : basename(look.config.named);
  const config = called === undefined || /^lading\.ya?ml$/.test(called) ? undefined : called;
  if (below === '.') return { name: what, folder: '', config, action };
  return { name: `${what} ${below.split('/').at(-1)}`, folder: below, config, action };
}

type Images =
  | { readonly list: readonly ShippedImage[]; readonly deployed: Readonly<Record<string, string>> }
  | { readonly open: string };

function onlyImage(input: PlanInput): Images {
  const { app, settled } = input;
  const to = textOf(settled.settings, 'push.to');
  if (to === undefined || app === undefined)
    return { open: `${WHAT}: it is written once app and repository are known; run lading init again` };
  const make = howToMake(app, input, builderIn(settled.settings));
  if (make === undefined) return { open: `${WHAT}: ${app.reason}` };
  const image = { job: 'image', name: undefined, repository: repositoryName(parseReference(to)), make };
  const container = textOf(settled.settings, 'deploy.container');
  const named = container === undefined ? '' : `${container}=`;
  return { list: [image], deployed: { image: `${named}${digestOf(image)}` } };
}

/** Each image of the file by its own job; services and tasks get the digests by their names. */
function namedImages({ release, settings }: Config, input: PlanInput): Images {
  const list: ShippedImage[] = [];
  for (const image of release.images) {
    const { name, to = textOf(settings, 'push.to'), builder = builderIn(settings) } = image;
    const app = input.look.packed.get(name);
    const make = app && howToMake(app, input, builder);
    if (to === undefined) return { open: `${WHAT}: images.${name}.to in lading.yml: the repository that it goes to` };
    if (make === undefined) return { open: `${WHAT}: how images.${name} is made: ${app?.reason ?? ''}` };
    const job = `image-${name.replace(/[^A-Za-z0-9_-]/g, '-')}`;
    if (list.some((other) => other.job === job)) return { open: `${WHAT}: two images are called ${job}` };
    list.push({ job, name, repository: repositoryName(parseReference(to)), make });
  }
  if (list.length === 0) return { open: `${WHAT}: lading.yml names services and no images; lading deploy needs none` };
  const deployed: Record<string, string> = {};
  for (const section of ['services', 'tasks'] as const) {
    const lines = release.users
      .filter((user) => user.section === section)
      .flatMap(({ name, images }) => {
        const used = imagesOf(section === 'services' && images.length === 0 ? undefined : images, list);
        return used.length === 0 ? [] : [`${JSON.stringify(name)}: { image: ${JSON.stringify(used)} }`];
      });
    if (lines.length > 0) deployed[section] = lines.join('\n');
  }
  return { list, deployed };
}

/** What a service is given: those of its images that are made here, by digest, and with them all others as they are. */
function imagesOf(images: readonly string[] | undefined, list: readonly ShippedImage[]): readonly string[] {
  if (images === undefined) return list.length === 1 && list[0] ? [digestOf(list[0])] : [];
  let isMade = false;
  const used = images.map((text) => {
    const [, container = '', name = text] = /^([A-Za-z0-9_-]{1,255}=)?(.+)$/s.exec(text) ?? [];
    const image = list.find((one) => one.name === name);
    isMade ||= image !== undefined;
    return image === undefined ? text : `${container}${digestOf(image)}`;
  });
  return isMade ? used : [];
}

/** The builder that is named; `auto` looks for itself. */
function builderIn(settings: Settings): string | undefined {
  const named = textOf(settings, 'build.builder');
  return named === 'auto' ? undefined : named;
}

/** What comes before the image, in the job that makes it; undefined when nobody knows how it is made. */
function howToMake(app: App, { look }: PlanInput, named?: string): Make | undefined {
  const builder = named ?? app.builder;
  if (builder === undefined) return undefined;
  const below = (path: string) => (pathBelow(look.repository.top, path) ?? '.').replace(/^\.$/, '');
  // What an engine builds from a Dockerfile installs its packages itself.
  const packages = builder === 'dockerfile' ? undefined : app.packages;
  return {
    packages,
    packagesFolder: packages === undefined ? '' : below(packages.root),
    script: builder === 'node' && app.builds ? below(app.folder) : undefined,
  };
}

/** Who a job is in AWS, in the region of what is released. */
export function signInOf(
  of: 'build' | 'deploy',
  images: readonly Pick<ShippedImage, 'repository'>[],
  { settled, request, carried }: Pick<PlanInput, 'settled' | 'request' | 'carried'>,
): SignIn {
  const [host] = images.map(({ repository }) => parseReference(repository).host);
  const region = textOf(settled.settings, 'region') ?? (host === undefined ? undefined : ecrRegion(host));
  return {
    role: request.roles[of] ?? variable(roleVariables[of]),
    region: region ?? variable('AWS_REGION'),
    credentials: request.roles[of] === undefined ? carried.credentials : undefined,
  };
}

/** The role that `lading bootstrap` makes for who deploys trusts jobs of this environment alone. */
export function environmentOf({ request, carried }: Pick<PlanInput, 'request' | 'carried'>): string | undefined {
  const isOfBootstrap = request.roles.deploy === undefined && carried.credentials === undefined;
  return request.environment ?? (isOfBootstrap && carried.environment === undefined ? 'production' : undefined);
}

/** Who makes the roles that the workflow finds in variables. */
export function roleSteps(
  of: readonly ('build' | 'deploy')[],
  { request, carried }: Pick<PlanInput, 'request' | 'carried'>,
): readonly string[] {
  const missing = of.filter((role) => request.roles[role] === undefined && carried.credentials === undefined);
  if (missing.length === 0) return [];
  const names = missing.map((role) => roleVariables[role]).join(' and ');
  const environment = environmentOf({ request, carried });
  const flag = environment === undefined || environment === 'production' ? '' : ` --github-environment ${environment}`;
  return [
    `lading bootstrap${flag} makes the roles; their ARNs are read from the variables ${names} of the repository.`,
  ];
}
