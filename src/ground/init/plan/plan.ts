import { join } from 'node:path';
import type * as Yaml from 'yaml';
import { ecrRegion } from '../../../aws/ecr.js';
import { parseReference, repositoryName } from '../../../oci/reference.js';
import { mistakeIn } from '../check.js';
import type { CarriedWorkflow } from '../from/carried.js';
import type { App } from '../look/app.js';
import type { Look } from '../look/look.js';
import { pathBelow } from '../look/look.js';
import type { InitRequest } from '../request.js';
import type { Settled } from '../settle.js';
import type { SettingKey } from '../settings.js';
import { textOf } from '../settings.js';
import type { FileWish } from '../write.js';
import { changedConfig, newConfig } from './config-file.js';
import { dockerIgnore } from './docker-ignore.js';
import type { Make, ShipWish } from './ship-workflow.js';
import { shipWorkflow, slug } from './ship-workflow.js';
import { roleVariables, variable } from './workflow-parts.js';

/** Everything that files are made of. */
export interface PlanInput {
  readonly look: Look;
  readonly app: App | undefined;
  readonly settled: Settled;
  readonly carried: CarriedWorkflow;
  readonly request: InitRequest;
  /** Of the schema, for editors. */
  readonly schema: string;
  /** Text of the Dockerfile; undefined when there is none, or a `.dockerignore` is there. */
  readonly dockerfile: string | undefined;
}

export interface InitPlan {
  readonly files: readonly FileWish[];
  /** What nobody has said, with how to say it. */
  readonly open: readonly string[];
  /** What to do next, in this order. */
  readonly steps: readonly string[];
}

/** Pure: the files with their contents, and what is left to a person. */
export function planInit(yaml: typeof Yaml, input: PlanInput): InitPlan {
  const { look, settled, schema, app, dockerfile } = input;
  const { config, folder } = look;
  const wish = { ...settled, schema };
  const files: FileWish[] = [
    config === undefined
      ? { path: join(folder, 'lading.yml'), text: newConfig(yaml, wish) }
      : { path: config.path, text: config.isLong ? config.text : changedConfig(yaml, config, wish) },
  ];
  if (app && dockerfile !== undefined) {
    files.push({ path: join(app.folder, '.dockerignore'), text: dockerIgnore(app, dockerfile), yields: true });
  }
  const open = settled.open.map((key) => `${key} in lading.yml: ${howTo[key] ?? ''}`);
  const workflow = planWorkflow(yaml, input);
  if ('file' in workflow) files.push(workflow.file);
  if ('open' in workflow) open.push(workflow.open);
  return { files, open, steps: [...('steps' in workflow ? workflow.steps : []), ...lastSteps(input, open)] };
}

const howTo: Readonly<Partial<Record<SettingKey, string>>> = {
  region: 'the AWS region of the service (--region)',
  'build.app': 'the folder of the app (--app)',
  'push.to': 'the ECR repository that images go to (--to)',
  'deploy.service': 'the ECS service that runs it (--service, with --cluster)',
};

type PlannedWorkflow =
  { readonly file: FileWish; readonly steps: readonly string[] } | { readonly open: string } | { readonly none: true };

function planWorkflow(yaml: typeof Yaml, input: PlanInput): PlannedWorkflow {
  const { look, app, settled, request, carried } = input;
  const { repository, folder } = look;
  const isElsewhere = repository.host !== undefined && !/(?:^|\.)github\.|\.ghe\.com$/.test(repository.host);
  if (request.workflow === 'none' || (request.workflow === undefined && isElsewhere)) return { none: true };
  if (look.config?.isLong)
    return { open: 'a workflow: lading.yml has several images or services, which `lading ship` takes together' };
  const to = textOf(settled.settings, 'push.to');
  if (to === undefined || app === undefined)
    return { open: 'the workflow that ships: it is written once app and repository are known; run lading init again' };
  if (request.action === undefined)
    return {
      open: 'the workflow that ships: this lading does not know where its actions are released (--action OWNER/REPO@REF)',
    };
  const below = pathBelow(repository.top, folder) ?? '.';
  // It would go into the workflow, and be run there.
  if (mistakeIn('build.app', below) !== undefined)
    return { open: `the workflow that ships: the path ${below} cannot stand in one` };
  const make = howToMake(app, repository.top, { folder, carried });
  if (make === undefined) return { open: `the workflow that ships: ${app.reason}, and there is no Dockerfile` };
  const reference = parseReference(to);
  const region = textOf(settled.settings, 'region') ?? ecrRegion(reference.host) ?? variable('AWS_REGION');
  const name = below === '.' ? 'Ship' : `Ship ${below.split('/').at(-1)}`;
  const role = (of: 'build' | 'deploy') => request.roles[of] ?? variable(roleVariables[of]);
  const wish: ShipWish = {
    name,
    branch: request.branch ?? repository.branch ?? 'main',
    build: {
      role: role('build'),
      region,
      credentials: request.roles.build === undefined ? carried.credentials : undefined,
    },
    deploy: {
      role: role('deploy'),
      region,
      credentials: request.roles.deploy === undefined ? carried.credentials : undefined,
    },
    repository: repositoryName(reference),
    container: textOf(settled.settings, 'deploy.container'),
    environment: request.environment,
    action: request.action,
    folder: below === '.' ? '' : below,
    make,
    carried,
  };
  const path = join(repository.top, '.github/workflows', `${slug(name)}.yml`);
  const file = { path, text: shipWorkflow(yaml, wish), yields: !request.speaksOfWorkflow };
  return { file, steps: roleSteps(wish, request) };
}

/** Lading packs it from the files, or the engine of the runner builds the Dockerfile; undefined for neither. */
function howToMake(
  app: App,
  top: string,
  { folder, carried }: { readonly folder: string; readonly carried: CarriedWorkflow },
): Make | undefined {
  if (app.builder === undefined) {
    if (!app.dockerfile && carried.docker === undefined) return undefined;
    return { by: 'docker', ...(carried.docker ?? { context: pathBelow(folder, app.folder) ?? '.', options: [] }) };
  }
  const { packages } = app;
  const below = (path: string) => (pathBelow(top, path) ?? '.').replace(/^\.$/, '');
  return {
    by: 'lading',
    packages,
    packagesFolder: packages === undefined ? '' : below(packages.root),
    script: app.builder === 'node' && app.builds ? below(app.folder) : undefined,
  };
}

function roleSteps({ build, deploy, environment }: ShipWish, { roles }: InitRequest): readonly string[] {
  const missing = (['build', 'deploy'] as const).filter(
    (of) => roles[of] === undefined && (of === 'build' ? build : deploy).credentials === undefined,
  );
  if (missing.length === 0) return [];
  const names = missing.map((of) => roleVariables[of]).join(' and ');
  const place = environment === undefined ? '' : `, the latter for jobs of the environment ${environment}`;
  return [`Put the ARNs of the roles into the variables ${names} of the repository${place}: gh variable set NAME.`];
}

function lastSteps({ app, look }: PlanInput, open: readonly string[]): readonly string[] {
  const dockerfile =
    app?.dockerfile && app.builder !== undefined
      ? [`The Dockerfile is not used: lading packs a ${app.title ?? ''} app from its files.`]
      : [];
  const next =
    open.length > 0
      ? 'Fill in what is left, then: lading ship --dry-run'
      : 'lading ship --dry-run says what would happen.';
  return [...dockerfile, ...(look.config?.isLong ? [] : [next])];
}
