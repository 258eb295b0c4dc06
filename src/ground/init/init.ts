import { join, resolve } from 'node:path';
import type { Context } from '../../base/context.js';
import { InputError } from '../../base/errors.js';
import { say } from '../../base/tell/report.js';
import { mistakeIn } from './check.js';
import type { Carried, Leftover } from './from/carried.js';
import { readSource } from './from/source.js';
import { readAccount } from './look/account.js';
import { readApp } from './look/app.js';
import type { Look } from './look/look.js';
import { lookAround, pathBelow } from './look/look.js';
import { peek } from './look/read-text.js';
import type { InitPart } from './plan/plan.js';
import { planInit, planPart } from './plan/plan.js';
import { schemaFor } from './plan/schema.js';
import { planStacks } from './plan/stacks.js';
import type { InitRequest, InitValues } from './request.js';
import { parseInitRequest } from './request.js';
import type { Settled } from './settle.js';
import { refuseOpen, settle } from './settle.js';
import type { Settings } from './settings.js';
import { firstOf, textOf } from './settings.js';
import type { SettledFiles } from './settle-files.js';
import { settleFiles } from './settle-files.js';

export interface InitResult extends SettledFiles {
  /** What it was made from: `the ECS service production/shop`. */
  readonly from?: string | undefined;
  /** What of it has no counterpart, each with its place. */
  readonly notCarried: readonly Leftover[];
  /** What nobody has said. */
  readonly left: readonly string[];
  /** What a person still has to do. */
  readonly steps: readonly string[];
}

/** From a look at the folder to its files: asks what it cannot see, shows what it will write, and writes all or nothing. */
export async function initFolder(values: InitValues, context: Context, part: InitPart = 'all'): Promise<InitResult> {
  const request = parseInitRequest(values);
  if (context.environment !== undefined) {
    const message =
      'is not for what is written: lading init writes for the file as it stands, without a part laid over it';
    throw new InputError({ where: '--environment', message, hint: 'GitHub’s environment is --github-environment.' });
  }
  const ask = request.yes || request.dryRun ? undefined : context.ask;
  const look = await lookAround(context, request.app);
  const action = request.action ?? look.action;
  tellApp(look, context);
  const carried = request.from === undefined ? undefined : await readSource(request.from, request, look, context);
  const settled = await settleFor(look, request, { carried, ask: part === 'all' ? ask : undefined }, context);
  if (part === 'all' && !request.yes && !request.dryRun && !ask) refuseOpen(settled.open);
  const app = (await chosenApp(look, settled.settings)) ?? look.app;
  const hasDockerfile = app?.dockerfile && (await peek(join(app.folder, '.dockerignore'))) === undefined;
  const input = {
    look,
    app,
    settled,
    carried: carried?.workflow ?? {},
    request: { ...request, action },
    stacks: request.infra ? await planStacks(look.folder) : [],
    schema: await schemaFor(look.folder, action),
    dockerfile: hasDockerfile ? await peek(join(app.folder, 'Dockerfile')) : undefined,
  };
  const yaml = await import('yaml');
  const plan = part === 'all' ? planInit(yaml, input) : planPart(yaml, part, input);
  const { yes, force, dryRun } = request;
  const consent = { yes, force, dryRun, top: look.repository.top, carried };
  const files = await settleFiles(plan.files, consent, context);
  for (const one of plan.open) say(context.report, 'warning', `Left to you: ${one}`);
  for (const one of plan.steps) say(context.report, 'info', one);
  return {
    ...files,
    ...(carried && { from: carried.source }),
    notCarried: carried?.leftovers ?? [],
    left: plan.open,
    steps: plan.steps,
  };
}

async function settleFor(
  look: Look,
  request: InitRequest,
  given: { readonly carried: Carried | undefined; readonly ask: Context['ask'] },
  context: Context,
): Promise<Settled> {
  const { config, app, repository } = look;
  const below = app && pathBelow(look.folder, app.folder);
  if (app && below === undefined) {
    throw new InputError({ where: '--app', message: `${app.folder} is not below ${look.folder}` });
  }
  const mistake = below === undefined ? undefined : mistakeIn('build.app', below);
  if (mistake !== undefined) throw new InputError({ where: '--app', message: `the path ${mistake}` });
  const settings = firstOf(
    request.settings,
    request.app !== undefined ? { 'build.app': below } : {},
    given.carried?.settings ?? {},
    config?.settings ?? {},
    below === undefined ? {} : { 'build.app': below },
  );
  const isLong = config?.isLong ?? false;
  const isKnown = ['push.to', 'deploy.service', 'deploy.cluster'].every((key) => key in settings);
  const account = isKnown || isLong ? undefined : await readAccount(context, textOf(settings, 'region'));
  const name = nameOf(app?.name) ?? nameOf(repository.path);
  return settle({ settings, account, apps: look.apps, name, isLong }, given.ask);
}

function tellApp({ app, apps }: Look, { report }: Pick<Context, 'report'>): void {
  if (!app) return say(report, 'info', `Several apps are here: ${apps.join(', ')}.`);
  const packages = app.packages ? `; its packages are installed by ${app.packages.manager}` : '';
  const found = app.title === undefined ? app.reason : `A ${app.title} app: ${app.reason}${packages}`;
  say(report, 'info', `${found}.`);
}

/** The app that was said in the end, which may be another one than was seen first. */
async function chosenApp(look: Look, settings: Settings) {
  const named = textOf(settings, 'build.app');
  const folder = named === undefined ? undefined : resolve(look.folder, named);
  return folder === undefined || folder === look.app?.folder ? undefined : readApp(folder);
}

/** As a service could be called, of `@acme/shop`. */
function nameOf(text: string | undefined): string | undefined {
  const name = text
    ?.split('/')
    .at(-1)
    ?.toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return name === undefined || name === '' ? undefined : name.slice(0, 100);
}
