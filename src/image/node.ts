import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { LadingError } from '../base/errors.js';
import { pathExists } from '../base/files.js';
import { parseJson } from '../base/json.js';
import { unreadable } from './disk.js';
import { withParents } from './entry.js';
import { createSecretGuard, readDockerignore } from './ignore.js';
import { collectPackages } from './packages.js';
import type { Recipe } from './recipe.js';
import { walkFolder } from './walk.js';

const ROOT = 'app';

const packageJson = v.looseObject({
  name: v.optional(v.string()),
  main: v.optional(v.string()),
  files: v.optional(v.array(v.string())),
  scripts: v.optional(v.record(v.string(), v.string())),
});
type PackageJson = v.InferOutput<typeof packageJson>;

/** Never part of a service, whatever `.dockerignore` says. */
const NEVER = /(^|\/)(node_modules|\.git|\.lading|\.github|\.DS_Store|Dockerfile|\.dockerignore|\.gitignore|coverage)$/;

/** A service with a `package.json`: production packages in one layer, the app's own files in another. */
export async function planNode(app: string, include: readonly string[], asked?: readonly string[]): Promise<Recipe> {
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
  const [entrypoint, ignored] = await Promise.all([asked ?? findEntry(app, manifest), readDockerignore(app)]);
  const listed = listedBy(manifest, entrypoint);
  const own = walkFolder(app, {
    into: ROOT,
    accept: (path, isFolder) =>
      !NEVER.test(path) && ignored(path, isFolder) && listed(path, isFolder) && guard.admits(path),
    onPrivate: (path) => notes.push(`${path} is private on disk and readable in the image`),
  });
  const packages = await collectPackages(app, ROOT);
  return {
    kind: 'node',
    layers: [
      { kind: 'node_modules', entries: withParents(packages) },
      { kind: 'app', entries: withParents(own) },
    ].filter((layer) => layer.entries.length > 0),
    run: {
      env: { NODE_ENV: 'production', PORT: '3000' },
      workingDirectory: `/${ROOT}`,
      entrypoint,
      user: '1000:1000',
      port: 3000,
      stopSignal: 'SIGTERM',
    },
    notes: [
      ...guard.leftOut.map((path) => `${path} is left out: it looks like a secret (--include ${path} packs it)`),
      ...notes,
    ],
  };
}

/** `start` when it is a plain `node …`, else `main`, else the usual names. A shell would not pass signals on. */
async function findEntry(app: string, manifest: PackageJson): Promise<readonly string[]> {
  const start = manifest.scripts?.start?.trim();
  if (start !== undefined && /^node\s/.test(start) && !/[|&;<>$`*?]/.test(start)) {
    const words = [...start.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((word) => word[1] ?? word[2] ?? word[3] ?? '');
    return words;
  }
  for (const name of [manifest.main, 'server.js', 'index.js', 'dist/index.js']) {
    if (name !== undefined && (await pathExists(join(app, name)))) return ['node', name];
  }
  throw new LadingError(
    'input',
    `package.json says neither by \`start\` nor by \`main\` what to run${start ? `: ${JSON.stringify(start)} is no plain node command` : ''}`,
    {
      code: 'NO_ENTRY',
      hint: 'Set "start": "node server.js" in package.json, or pass --entrypoint; is the app built?',
    },
  );
}

/** With `files` in package.json, only those, package.json and the entry go. Without it everything does. */
function listedBy(manifest: PackageJson, entry: readonly string[]): (path: string, isFolder: boolean) => boolean {
  const { files } = manifest;
  if (files === undefined) return () => true;
  const roots = [...files, 'package.json', ...entry.slice(1)].map((path) =>
    path.replace(/^\.?\//, '').replace(/\/?\*{0,2}$/, ''),
  );
  return (path, isFolder) =>
    roots.some(
      (root) =>
        root === '' || path === root || path.startsWith(`${root}/`) || (isFolder && root.startsWith(`${path}/`)),
    );
}
