import { stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { ActionRelease } from '../../../base/declare/action-release.js';
import type { Context } from '../../../base/context.js';
import { InputError } from '../../../base/errors.js';
import { textOf } from '../settings.js';
import type { App } from './app.js';
import { findApps, readApp } from './app.js';
import type { Config } from './config.js';
import { readConfig } from './config.js';
import type { Repository } from './repository.js';
import { readRepository } from './repository.js';
import { findAction } from './workflows.js';

/** What is there. */
export interface Look {
  /** Absolute folder of `lading.yml`. */
  readonly folder: string;
  readonly config: Config | undefined;
  readonly repository: Repository;
  /** Undefined while it is not said which one of several is meant. */
  readonly app: App | undefined;
  /** Of each image that `lading.yml` names, what is packed; empty when it names none. */
  readonly packed: ReadonlyMap<string, App>;
  /** Folders of apps from which one has to be chosen, from `folder`. */
  readonly apps: readonly string[];
  /** Lading's own actions, as a workflow that is there uses them. */
  readonly action: ActionRelease | undefined;
}

/** Looks at the folder, changes nothing and starts nothing. `app` is absolute. */
export async function lookAround(context: Pick<Context, 'cwd' | 'configFile'>, app: string | undefined): Promise<Look> {
  const { configFile } = context;
  const config = configFile === undefined ? undefined : await readConfig(configFile);
  const folder = config === undefined || configFile === undefined ? context.cwd : dirname(configFile);
  const repository = await readRepository(folder);
  const named = app ?? appOf(config, folder);
  if (named !== undefined && !(await stat(named).catch(() => undefined))?.isDirectory()) {
    throw new InputError({ where: '--app', message: `there is no folder ${named}` }, 'APP_MISSING');
  }
  const packed = await readPacked(config, folder);
  const look = { folder, config, repository, packed, action: await findAction(repository.top) };
  if (named !== undefined) return { ...look, app: await readApp(named), apps: [] };
  const apps = config?.isLong ? [] : await findApps(folder);
  if (apps.length > 1) return { ...look, app: undefined, apps };
  return { ...look, app: await readApp(join(folder, apps[0] ?? '.')), apps: [] };
}

async function readPacked(config: Config | undefined, folder: string): Promise<ReadonlyMap<string, App>> {
  const images = config?.isLong ? config.release.images : [];
  const apps = images.map(async ({ name, app }) => {
    const path = app === undefined ? appOf(config, folder) : resolve(folder, app);
    return [name, await readApp(path ?? folder)] as const;
  });
  return new Map(await Promise.all(apps));
}

function appOf(config: Config | undefined, folder: string): string | undefined {
  const named = config && textOf(config.settings, 'build.app');
  return named === undefined ? undefined : resolve(folder, named);
}

/** With `/`, as files that go elsewhere have it; `.` for the folder itself. Undefined for one that is not below. */
export function pathBelow(folder: string, path: string): string | undefined {
  const below = relative(folder, path);
  if (below === '..' || below.startsWith(`..${sep}`) || isAbsolute(below)) return undefined;
  return below === '' ? '.' : below.split(sep).join('/');
}
