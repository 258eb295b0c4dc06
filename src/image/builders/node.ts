import { existsSync, realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, posix, relative, sep } from 'node:path';
import * as v from 'valibot';
import { LadingError } from '../../base/errors.js';
import { parseJson } from '../../base/json.js';
import type { Entry } from '../layer/entry.js';
import { unreadable } from '../layer/disk.js';
import { withParents } from '../layer/entry.js';
import type { Choice } from '../layer/ignore.js';
import { allOf, createSecretGuard, listedBy, readDockerignore } from '../layer/ignore.js';
import { collectPackages } from './packages.js';
import type { Recipe } from './recipe.js';
import { filesNamed, findStart, startWith } from './start.js';
import { walkFolder } from '../layer/walk.js';
import { findWorkspace, readPackage } from './workspace.js';

const ROOT = 'app';

const packageJson = v.looseObject({
  name: v.optional(v.string()),
  main: v.optional(v.string()),
  bin: v.optional(v.union([v.string(), v.record(v.string(), v.string())])),
  files: v.optional(v.array(v.string())),
  workspaces: v.optional(v.unknown()),
  scripts: v.optional(v.record(v.string(), v.string())),
});

/** Never part of a service, whatever `.dockerignore` says: anywhere, and at the top of a package. */
const NEVER = /(^|\/)(node_modules|\.git|\.lading|\.turbo|\.DS_Store)$/;
const NEVER_ON_TOP = /^(\.yarn|\.github|Dockerfile|\.dockerignore|\.gitignore|lading\.ya?ml|\.next\/cache)$/;
/** A folder `coverage` with one of these is a report; any other may be the service's own. */
const REPORTS = ['lcov.info', 'lcov-report', 'clover.xml', 'coverage-final.json', 'coverage-summary.json', 'tmp'];

export interface NodeOptions {
  /** Files to pack although they look like secrets. */
  readonly include?: readonly string[] | undefined;
  /** What runs, when package.json is not to say it. */
  readonly entrypoint?: readonly string[] | undefined;
  /** Where the image goes: not into the image. */
  readonly output?: string | undefined;
}

/** A service with a `package.json`: production packages in one layer, the app's own files in another. */
export async function planNode(app: string, options: NodeOptions = {}): Promise<Recipe> {
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
  const guard = createSecretGuard(options.include ?? []);
  const notes: string[] = [];
  const workspace = findWorkspace(app);
  const home = workspace.path === '' ? ROOT : `${ROOT}/${workspace.path}`;
  const [start, ignoredHere, ignoredAbove] = await Promise.all([
    options.entrypoint ? startWith(options.entrypoint) : findStart(app, manifest),
    readDockerignore(app),
    readDockerignore(workspace.root),
  ]);
  // As with a Docker build from the root, unless the app says otherwise.
  const ignored: Choice = existsSync(join(app, '.dockerignore'))
    ? ignoredHere
    : (path, isFolder) => ignoredAbove(posix.join(workspace.path, path), isFolder);
  const output = options.output && existsSync(options.output) ? realpathSync(options.output) : undefined;
  const nested = new Set<string>();
  const named = await filesNamed(app, start.words);
  const choose = (folder: string, into: string, prefix: string, keeps: Choice): Entry[] =>
    walkFolder(folder, {
      into,
      within: workspace.root,
      accept: allOf(
        (path) => {
          if (path.endsWith('/node_modules')) nested.add(`${into}/${path}`);
          return !NEVER.test(path) && !NEVER_ON_TOP.test(path) && join(folder, path) !== output;
        },
        (path) => path !== 'coverage' || !REPORTS.some((name) => existsSync(join(folder, path, name))),
        keeps,
        (path) => guard.admits(prefix + path),
      ),
      onPrivate: (path) => notes.push(`${prefix}${path} is private on disk and readable in the image`),
    });
  const own = choose(workspace.app, home, '', allOf(ignored, await listedBy(manifest, named)));
  for (const path of named)
    if (!own.some((entry) => entry.name === `${home}/${path}`)) throw leftOut(path, ignored(path, false) === false);
  const packages = collectPackages(workspace, ROOT);
  const members: Entry[] = [];
  for (const folder of packages.members) {
    const path = relative(workspace.root, folder).replaceAll(sep, '/');
    const above: Choice = (inside, isFolder) => ignoredAbove(`${path}/${inside}`, isFolder);
    members.push(
      ...choose(folder, `${ROOT}/${path}`, `${path}/`, allOf(above, await listedBy(readPackage(folder), []))),
    );
  }
  const files = [...own, ...members];
  notes.push(...danglingLinks(files, packages.entries));
  if (manifest.workspaces === undefined && !existsSync(join(app, 'pnpm-workspace.yaml')))
    for (const name of nested)
      if (!packages.entries.some((entry) => entry.name.startsWith(`${name}/`)))
        notes.push(`${name.slice(ROOT.length + 1)} is left out: only what package.json names is packed`);
  return {
    kind: 'node',
    layers: [
      { kind: 'node_modules', entries: withParents(packages.entries) },
      { kind: 'app', entries: withParents(files) },
    ].filter((layer) => layer.entries.length > 0),
    run: {
      env: { NODE_ENV: 'production', PORT: '3000', ...start.env },
      workingDirectory: `/${home}`,
      entrypoint: start.words,
      user: '1000:1000',
      port: Number(start.env.PORT ?? 3000) || undefined,
      stopSignal: 'SIGTERM',
    },
    notes: [
      ...guard.leftOut.map((path) => `${path} is left out: it looks like a secret (--include ${path} packs it)`),
      ...notes,
    ],
  };
}

/** What a link points to may be left out, or have never been there. */
function danglingLinks(files: readonly Entry[], packages: readonly Entry[]): string[] {
  const links = files.filter((entry) => entry.type === 'link');
  if (links.length === 0) return [];
  const names = new Set(withParents([...files, ...packages]).map((entry) => entry.name));
  return links
    .filter(({ name, link = '' }) => !names.has(posix.join(posix.dirname(name), link).replace(/\/$/, '')))
    .map(({ name, link }) => `${name.slice(ROOT.length + 1)} is a link to ${link}, which is not in the image`);
}

function leftOut(path: string, isIgnored: boolean): LadingError {
  return new LadingError(
    'input',
    `${path} runs in the image, but ${isIgnored ? '.dockerignore leaves it out' : 'it is left out'}`,
    {
      code: 'ENTRY_LEFT_OUT',
      hint: isIgnored
        ? 'Take its line out of .dockerignore, or add an exception: lading packs what is built.'
        : `Name it with --include ${path}, or take it out of the command.`,
    },
  );
}
