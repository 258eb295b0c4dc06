import { existsSync, realpathSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { LadingError } from '../../../base/errors.js';
import type { Entry } from '../../layer/entry.js';
import type { Choice, Listing } from '../../layer/ignore.js';
import { allOf, createSecretGuard, listedBy, readDockerignore } from '../../layer/ignore.js';
import { walkFolder } from '../../layer/walk.js';
import { lockFile } from '../../lock-layout.js';
import type { Workspace } from '../workspace.js';
import { readPackage } from '../workspace.js';

/** Never part of a service, whatever `.dockerignore` says: anywhere, and at the top of a package. */
const NEVER = /(^|\/)(node_modules|\.git|\.lading|\.turbo|\.terraform|\.DS_Store)$/;
const NEVER_ON_TOP = /^(\.yarn|\.github|Dockerfile|\.dockerignore|\.gitignore|lading\.ya?ml|\.next\/cache)$/;
/** A folder `coverage` with one of these is a report; any other may be the service's own. */
const REPORTS = ['lcov.info', 'lcov-report', 'clover.xml', 'coverage-final.json', 'coverage-summary.json', 'tmp'];

export interface FilesRequest {
  readonly workspace: Workspace;
  /** Folder of the workspace's root in the image, and of the app. */
  readonly root: string;
  readonly home: string;
  readonly manifest: Listing;
  /** Files that the start command names: they must be among what is packed. */
  readonly named: readonly string[];
  /** Real paths of the workspace's other packages that are packed with the app. */
  readonly members: readonly string[];
  readonly include: readonly string[];
  readonly output: string | undefined;
}

export interface ChosenFiles {
  readonly entries: readonly Entry[];
  readonly notes: readonly string[];
  /** Folders `node_modules` that were come across, as they would lie in the image. */
  readonly nested: readonly string[];
}

/** The own files of an app and of its workspace's packages, by `files`, `.dockerignore` and what is never shipped. */
export async function chooseFiles(request: FilesRequest): Promise<ChosenFiles> {
  const { workspace, home, named } = request;
  const guard = createSecretGuard(request.include);
  const privates: string[] = [];
  const nested = new Set<string>();
  const output = request.output && existsSync(request.output) ? realpathSync(request.output) : request.output;
  const choose = (folder: string, into: string, prefix: string, keeps: Choice): Entry[] =>
    walkFolder(folder, {
      into,
      within: workspace.root,
      accept: allOf(
        (path) => {
          if (path.endsWith('/node_modules')) nested.add(`${into}/${path}`);
          const file = join(folder, path);
          return isOwn(path) && (output === undefined || (file !== output && file !== lockFile(output)));
        },
        (path) => path !== 'coverage' || !REPORTS.some((name) => existsSync(join(folder, path, name))),
        keeps,
        (path) => guard.admits(prefix + path),
      ),
      onPrivate: (path) => privates.push(`${prefix}${path} is private on disk and readable in the image`),
    });

  const { here, above } = await readIgnored(workspace);
  const own = choose(workspace.app, home, '', allOf(here, await listedBy(request.manifest, named)));
  for (const path of named)
    if (!own.some((entry) => entry.name === `${home}/${path}`)) throw leftOut(path, here(path, false) === false);
  const entries = [...own];
  for (const folder of request.members) {
    const path = relative(workspace.root, folder).replaceAll(sep, '/');
    const ignored: Choice = (inside, isFolder) => above(`${path}/${inside}`, isFolder);
    const listed = await listedBy(readPackage(folder), []);
    entries.push(...choose(folder, `${request.root}/${path}`, `${path}/`, allOf(ignored, listed)));
  }
  return { entries, notes: [...guard.notes(), ...privates], nested: [...nested] };
}

/** False for what is never part of a service; by its path below the folder of a package. */
export function isOwn(path: string): boolean {
  return !NEVER.test(path) && !NEVER_ON_TOP.test(path);
}

/** As with a Docker build from the root, unless the app says otherwise. */
async function readIgnored(workspace: Workspace): Promise<{ readonly here: Choice; readonly above: Choice }> {
  const above = await readDockerignore(workspace.root);
  if (existsSync(join(workspace.app, '.dockerignore'))) return { here: await readDockerignore(workspace.app), above };
  return { here: (path, isFolder) => above(posix.join(workspace.path, path), isFolder), above };
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
