import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { LadingError } from '../../base/errors.js';
import { pathExists } from '../../base/files.js';
import { parseJson } from '../../base/json.js';
import type { Entry } from '../layer/entry.js';
import { withParents } from '../layer/entry.js';
import { createSecretGuard } from '../layer/ignore.js';
import { findNextConfig, findOutput } from './next-output.js';
import type { Recipe } from './recipe.js';
import { findFolder, walkFolder } from '../layer/walk.js';

const ROOT = 'app';
const PORT = 3000;

/**
 * Next.js takes the time of these for the time of rendering, and does not show what is older than its `expire` (a year
 * by default, seen in 16.4.6). So they say what the image says, where it says something.
 */
const PRERENDERED = /\/server\/(app|pages)\/.*\.(html|body)$/;

const serverFiles = v.looseObject({
  relativeAppDir: v.optional(v.string()),
  config: v.optional(v.looseObject({ output: v.optional(v.string()) })),
});

export async function isNextApp(app: string): Promise<boolean> {
  return (await findNextConfig(app)) !== undefined || hasDependency(app, 'next');
}

async function hasDependency(app: string, name: string): Promise<boolean> {
  const text = await readFile(join(app, 'package.json'), 'utf8').catch(() => '{}');
  try {
    const { dependencies = {} } = JSON.parse(text) as { dependencies?: Record<string, string> };
    return name in dependencies;
  } catch {
    return false;
  }
}

/** Refuses before the build what could not be packed after it. */
export async function checkStandalone(app: string): Promise<void> {
  const config = await findNextConfig(app);
  const text = config ? await readFile(join(app, config), 'utf8') : '';
  if (/output\s*:\s*(['"`])standalone\1/.test(text) || /process\.env|require\(|import /.test(text)) return;
  throw notStandalone(config ?? 'next.config.mjs');
}

function notStandalone(config: string): LadingError {
  return new LadingError(
    'input',
    `${config}: the app is not built with output 'standalone', so its server cannot be packed`,
    {
      code: 'NOT_STANDALONE',
      hint: `Add this line to the configuration in ${config}:  output: 'standalone',`,
    },
  );
}

export interface NextOptions {
  /** Files to pack although they look like secrets. */
  readonly include?: readonly string[] | undefined;
  /** Seconds since 1970 that the image says it was made at; 0 when it does not say. */
  readonly createdAt?: number | undefined;
}

/** Layers that change at different speeds: packages, static and public files, server. https://nextjs.org/docs/app/api-reference/config/next-config-js/output */
export async function planNext(app: string, { include = [], createdAt = 0 }: NextOptions = {}): Promise<Recipe> {
  const output = await findOutput(app);
  const standalone = findFolder(app, join(output, 'standalone'));
  if (standalone === undefined) throw notStandalone((await findNextConfig(app)) ?? 'next.config.mjs');
  const file = join(app, output, 'required-server-files.json');
  const told = parseJson(serverFiles, await readFile(file, 'utf8').catch(() => '{}'), file);
  const inside = (told.relativeAppDir ?? '').replaceAll('\\', '/');
  const home = inside === '' ? ROOT : `${ROOT}/${inside}`;
  if (!(await pathExists(join(standalone, inside, 'server.js')))) {
    throw new LadingError('input', `${join(standalone, inside)} has no server.js`, {
      code: 'NO_SERVER',
      hint: 'Build the app again with its build script.',
    });
  }
  const guard = createSecretGuard(include);
  const notes: string[] = [];
  const onPrivate = (path: string) => notes.push(`${path} is private on disk and readable in the image`);
  const isCached = (name: string) => name.startsWith(`${home}/${output}/server/`) && PRERENDERED.test(name);
  const traced = walkFolder(standalone, { into: ROOT, accept: (path) => guard.admits(path), onPrivate }).map((entry) =>
    createdAt > 0 && entry.type === 'file' && isCached(entry.name) ? { ...entry, time: createdAt } : entry,
  );
  const isPackage = (entry: Entry) => /(^|\/)node_modules(\/|$)/.test(entry.name.slice(ROOT.length));
  const staticFolder = findFolder(app, join(output, 'static'));
  const staticFiles = staticFolder ? walkFolder(staticFolder, { into: `${home}/${output}/static`, onPrivate }) : [];
  const publicFolder = findFolder(app, 'public');
  const publicFiles = publicFolder
    ? walkFolder(publicFolder, {
        into: `${home}/public`,
        accept: (path) => guard.admits(path),
        onPrivate,
      })
    : [];
  // The manifests below the build's id are new with every build, as the server is; chunks are named by their content.
  const buildId = (await readFile(join(app, output, 'BUILD_ID'), 'utf8').catch(() => '')).trim();
  const ofBuild = `${home}/${output}/static/${buildId}`;
  const isOfBuild = (entry: Entry) => buildId !== '' && `${entry.name}/`.startsWith(`${ofBuild}/`);
  const layers = [
    { kind: 'node_modules', entries: withParents(traced.filter(isPackage)) },
    { kind: 'public', entries: withParents(publicFiles) },
    { kind: 'static', entries: withParents(staticFiles.filter((entry) => !isOfBuild(entry))) },
    {
      kind: 'app',
      entries: withParents([...traced.filter((entry) => !isPackage(entry)), ...staticFiles.filter(isOfBuild)]),
    },
  ].filter((layer) => layer.entries.length > 0);
  return {
    kind: 'next',
    layers,
    run: {
      // The container's own host name would be bound otherwise, and loopback health checks fail.
      env: { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', HOSTNAME: '0.0.0.0', PORT: String(PORT) },
      workingDirectory: `/${home}`,
      entrypoint: ['node', 'server.js'],
      user: '1000:1000',
      port: PORT,
      stopSignal: 'SIGTERM',
    },
    notes: [
      ...guard.leftOut.map((path) => `${path} is left out: it looks like a secret (--include ${path} packs it)`),
      ...notes,
    ],
  };
}
