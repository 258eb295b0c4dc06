import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { LadingError } from '../../../base/errors.js';
import type { Entry } from '../../layer/entry.js';
import { withParents } from '../../layer/entry.js';
import type { AppToPack } from '../builder.js';
import { readManifest } from '../package-json.js';
import type { Recipe } from '../recipe.js';
import { findWorkspace } from '../workspace.js';
import { chooseFiles } from './files.js';
import { collectPackages } from './packages.js';
import { filesNamed, findStart, startWith } from './start.js';

const ROOT = 'app';

export type NodeOptions = Partial<Pick<AppToPack, 'include' | 'entrypoint' | 'output'>>;

/** A service with a `package.json`: production packages in one layer, the app's own files in another. */
export async function planNode(app: string, options: NodeOptions = {}): Promise<Recipe> {
  const manifest = await readManifest(app);
  if (manifest === undefined) {
    throw new LadingError('input', `${app} has no package.json`, {
      code: 'NO_PACKAGE',
      hint: 'Name the folder of the app with --app.',
    });
  }
  const workspace = findWorkspace(app);
  const home = workspace.path === '' ? ROOT : `${ROOT}/${workspace.path}`;
  const start = options.entrypoint ? startWith(options.entrypoint) : await findStart(app, manifest);
  const named = await filesNamed(app, start.words);
  const packages = collectPackages(workspace, ROOT);
  const chosen = await chooseFiles({
    workspace,
    root: ROOT,
    home,
    manifest,
    named,
    members: packages.members,
    include: options.include ?? [],
    output: options.output,
  });
  const standsAlone = manifest.workspaces === undefined && !existsSync(join(app, 'pnpm-workspace.yaml'));
  return {
    layers: [
      { kind: 'node_modules', entries: withParents(packages.entries) },
      { kind: 'app', entries: withParents(chosen.entries) },
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
      ...chosen.notes,
      ...danglingLinks(chosen.entries, packages.entries),
      ...(standsAlone ? unpackedPackages(chosen.nested, packages.entries) : []),
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
    .map(({ name, link }) => `${withoutRoot(name)} is a link to ${link}, which is not in the image`);
}

function unpackedPackages(nested: readonly string[], packages: readonly Entry[]): string[] {
  return nested
    .filter((name) => !packages.some((entry) => entry.name.startsWith(`${name}/`)))
    .map((name) => `${withoutRoot(name)} is left out: only what package.json names is packed`);
}

function withoutRoot(name: string): string {
  return name.slice(ROOT.length + 1);
}
