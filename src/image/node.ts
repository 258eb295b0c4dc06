import { readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import * as v from 'valibot';
import { LadingError } from '../base/errors.js';
import { parseJson } from '../base/json.js';
import type { Entry } from './entry.js';
import { unreadable } from './disk.js';
import { withParents } from './entry.js';
import type { Choice } from './ignore.js';
import { createSecretGuard, listedBy, readDockerignore } from './ignore.js';
import { findEntry } from './node-entry.js';
import { collectPackages } from './packages.js';
import type { Recipe } from './recipe.js';
import { walkFolder } from './walk.js';
import { findWorkspace, readPackage } from './workspace.js';

const ROOT = 'app';

const packageJson = v.looseObject({
  name: v.optional(v.string()),
  main: v.optional(v.string()),
  files: v.optional(v.array(v.string())),
  scripts: v.optional(v.record(v.string(), v.string())),
});

/** Never part of a service, whatever `.dockerignore` says. */
const NEVER =
  /(^|\/)(node_modules|\.yarn|\.turbo|\.git|\.lading|\.github|\.DS_Store|Dockerfile|\.dockerignore|\.gitignore|coverage)$/;

export interface NodeOptions {
  /** Files that look like secrets and are wanted. */
  readonly include?: readonly string[] | undefined;
  /** Words that run instead of what package.json says. */
  readonly entrypoint?: readonly string[] | undefined;
  /** Folder that the image is written to: it may lie in the app, and is no part of it. */
  readonly output?: string | undefined;
}

/** A service with a `package.json`: production packages in one layer, the app's own files in another. */
export async function planNode(app: string, options: NodeOptions = {}): Promise<Recipe> {
  const { include = [], entrypoint, output } = options;
  const file = join(app, 'package.json');
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return undefined;
    throw unreadable(file, cause);
  });
  if (text === undefined) {
    throw new LadingError('input', `${app} has no package.json`, {
      code: 'NO_PACKAGE',
      hint: 'Name the folder of the app with --app.',
    });
  }
  const manifest = parseJson(packageJson, text, file);
  const guard = createSecretGuard(include);
  const notes: string[] = [];
  const workspace = findWorkspace(app);
  const home = workspace.path === '' ? ROOT : `${ROOT}/${workspace.path}`;
  const [entry, ignored, ignoredAbove] = await Promise.all([
    entrypoint ? { words: entrypoint, env: {}, notes: [] } : findEntry(app, manifest),
    readDockerignore(app),
    readDockerignore(workspace.root),
  ]);
  const choose = (folder: string, into: string, prefix: string, keeps: Choice): Entry[] =>
    walkFolder(folder, {
      into,
      within: workspace.root,
      accept: (path, isFolder) =>
        !NEVER.test(path) && join(folder, path) !== output && keeps(path, isFolder) && guard.admits(prefix + path),
      onPrivate: (path) => notes.push(`${prefix}${path} is private on disk and readable in the image`),
    });
  const listed = await listedBy(manifest.files, entry.words.slice(1));
  const own = choose(app, home, '', (path, isFolder) => ignored(path, isFolder) && listed(path, isFolder));
  const packages = collectPackages(workspace, ROOT);
  const members: Entry[] = [];
  for (const folder of packages.members) {
    const path = relative(workspace.root, folder).replaceAll(sep, '/');
    const keeps = await listedBy(readPackage(folder).files, []);
    const choice: Choice = (inside, isFolder) => ignoredAbove(`${path}/${inside}`, isFolder) && keeps(inside, isFolder);
    members.push(...choose(folder, `${ROOT}/${path}`, `${path}/`, choice));
  }
  const env = { NODE_ENV: 'production', PORT: '3000', ...entry.env };
  return {
    kind: 'node',
    layers: [
      { kind: 'node_modules', entries: withParents(packages.entries) },
      { kind: 'app', entries: withParents([...own, ...members]) },
    ].filter((layer) => layer.entries.length > 0),
    run: {
      env,
      workingDirectory: `/${home}`,
      entrypoint: entry.words,
      user: '1000:1000',
      port: Number(env.PORT) || undefined,
      stopSignal: 'SIGTERM',
    },
    notes: [
      ...guard.leftOut.map((path) => `${path} is left out: it looks like a secret (--include ${path} packs it)`),
      ...entry.notes,
      ...notes,
    ],
  };
}
