import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { LadingError } from '../../../base/errors.js';
import { pathExists } from '../../../base/files/files.js';
import type { Entry } from '../../layer/entry.js';
import { withParents } from '../../layer/entry.js';
import { createSecretGuard } from '../../layer/ignore.js';
import { findFolder, walkFolder } from '../../layer/walk.js';
import type { AppToPack } from '../builder.js';
import { readJsonFile } from '../package-json.js';
import type { Recipe } from '../recipe.js';
import { findOutput, notStandalone } from './configuration.js';

const ROOT = 'app';
const PORT = 3000;

const serverFiles = v.looseObject({
  relativeAppDir: v.optional(v.string()),
  config: v.optional(v.looseObject({ output: v.optional(v.string()) })),
});

/** Where the parts of an app lie in its image. */
export interface Places {
  /** Folder of the app, as `app` or `app/apps/web`. */
  readonly home: string;
  /** What `next build` writes, relative to it: `.next`. */
  readonly output: string;
  /** Undefined when the build does not tell. */
  readonly buildId: string | undefined;
}

/** In the order of the layers: they change at different speeds. */
const KINDS = ['node_modules', 'public', 'static', 'app'] as const;

/**
 * The layer that a file belongs to. The manifests below the build's id are new with every build, as the server is;
 * chunks are named by their content.
 */
export function layerOf(name: string, { home, output, buildId }: Places): (typeof KINDS)[number] {
  const below = (folder: string) =>
    name.startsWith(folder) && (name.length === folder.length || name[folder.length] === '/');
  if (below(`${home}/public`)) return 'public';
  if (below(`${home}/${output}/static`))
    return buildId !== undefined && below(`${home}/${output}/static/${buildId}`) ? 'app' : 'static';
  return /(^|\/)node_modules(\/|$)/.test(name.slice(ROOT.length)) ? 'node_modules' : 'app';
}

/**
 * Next.js takes the time of these for the time of rendering, and does not show what is older than its `expire` (a year
 * by default, seen in 16.4.6). So they say what the image says, where it says something.
 */
export function isPrerendered(name: string, { home, output }: Places): boolean {
  return name.startsWith(`${home}/${output}/server/`) && /\/server\/(app|pages)\/.*\.(html|body)$/.test(name);
}

/** https://nextjs.org/docs/app/api-reference/config/next-config-js/output */
export async function planNext(
  app: string,
  { include = [], createdAt = 0 }: Partial<Pick<AppToPack, 'include' | 'createdAt'>> = {},
): Promise<Recipe> {
  const output = await findOutput(app);
  const told = (await readJsonFile(join(app, output, 'required-server-files.json'), serverFiles)) ?? {};
  const standalone = findFolder(app, join(output, 'standalone'));
  if (standalone === undefined) throw await notStandalone(app, told.config?.output);
  const inside = (told.relativeAppDir ?? '').replaceAll('\\', '/');
  const home = inside === '' ? ROOT : `${ROOT}/${inside}`;
  if (!(await pathExists(join(standalone, inside, 'server.js')))) throw noServer(join(standalone, inside));
  const buildId = (await readFile(join(app, output, 'BUILD_ID'), 'utf8').catch(() => '')).trim() || undefined;
  const places: Places = { home, output, buildId };

  const guard = createSecretGuard(include);
  const notes: string[] = [];
  const onPrivate = (path: string) => notes.push(`${path} is private on disk and readable in the image`);
  const accept = (path: string) => guard.admits(path);
  const walk = (folder: string | undefined, into: string, more: object = {}) =>
    folder === undefined ? [] : walkFolder(folder, { into, onPrivate, ...more });
  const entries: readonly Entry[] = [
    ...walk(standalone, ROOT, { accept }).map((entry) =>
      createdAt > 0 && entry.type === 'file' && isPrerendered(entry.name, places)
        ? { ...entry, time: createdAt }
        : entry,
    ),
    ...walk(findFolder(app, join(output, 'static')), `${home}/${output}/static`),
    ...walk(findFolder(app, 'public'), `${home}/public`, { accept }),
  ];
  const byKind: Record<(typeof KINDS)[number], Entry[]> = { node_modules: [], public: [], static: [], app: [] };
  for (const entry of entries) byKind[layerOf(entry.name, places)].push(entry);
  return {
    layers: KINDS.map((kind) => ({ kind, entries: withParents(byKind[kind]) })).filter(
      (layer) => layer.entries.length > 0,
    ),
    run: {
      // The container's own host name would be bound otherwise, and loopback health checks fail.
      env: { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', HOSTNAME: '0.0.0.0', PORT: String(PORT) },
      workingDirectory: `/${home}`,
      entrypoint: ['node', 'server.js'],
      user: '1000:1000',
      port: PORT,
      stopSignal: 'SIGTERM',
    },
    notes: [...guard.notes(), ...notes],
  };
}

function noServer(folder: string): LadingError {
  return new LadingError('input', `${folder} has no server.js`, {
    code: 'NO_SERVER',
    hint: 'Build the app again with its build script.',
  });
}
