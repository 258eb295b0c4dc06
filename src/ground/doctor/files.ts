import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../../base/context.js';
import { readOwnFile } from '../../base/files/files.js';
import { LadingError } from '../../base/errors.js';
import { trackedFiles } from '../../image/git.js';
import type { FilePlace } from './finding.js';
import type { Workflow } from './workflows/workflow.js';
import { parseWorkflow } from './workflows/parse.js';

/** A file of the folder. */
export interface TextFile {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** What the folder of a repository says. */
export interface FilesScene {
  readonly folder: string;
  readonly workflows: readonly Workflow[];
  /** `*.tf` */
  readonly terraform: readonly TextFile[];
  /** `*.tfbackend` */
  readonly backends: readonly TextFile[];
  /** JSON that speaks of GitHub's tokens. */
  readonly policies: readonly TextFile[];
  readonly trackedStates: readonly string[];
  readonly localStates: readonly string[];
}

const LARGEST = 1 << 20;
const DEEPEST = 8;
const MOST_FILES = 20_000;
const SKIPPED = /^(node_modules|bower_components|vendor|dist|build|out|coverage|\..*)$/;

/** Reads what the checks look at, and nothing that a link leads to. */
export async function readFilesScene(
  context: Pick<Context, 'exec' | 'env' | 'signal'>,
  folder: string,
): Promise<FilesScene> {
  const [paths, tracked] = await Promise.all([
    listFiles(folder),
    trackedFiles(context, folder, ['*.tfstate', '*.tfstate.backup']),
  ]);
  const read = (pattern: RegExp) =>
    readAll(
      folder,
      paths.filter((path) => pattern.test(path)),
    );
  const workflows = await read(/^\.github\/workflows\/[^/]+\.ya?ml$/);
  const json = await read(/(trust|polic|role|iam|oidc|assume)[^/]*\.json$/i);
  return {
    folder,
    workflows: await Promise.all(workflows.map(({ path, text }) => parseWorkflow(path, text))),
    terraform: await read(/\.tf$/),
    backends: await read(/\.tfbackend$/),
    policies: json.filter(({ text }) => text.includes('token.actions.githubusercontent.com')),
    trackedStates: tracked,
    localStates: paths.filter((path) => path.endsWith('.tfstate')),
  };
}

/** Line and column of an offset. */
export function placeIn({ path, text }: TextFile, offset: number): FilePlace {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return { file: path, line, column: offset - before.lastIndexOf('\n') };
}

async function listFiles(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  async function walk(relative: string, depth: number): Promise<void> {
    const entries = await readdir(join(folder, relative), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (found.length > MOST_FILES) return;
      if (entry.isFile()) found.push(path);
      else if (entry.isDirectory() && depth < DEEPEST && (path === '.github' || !SKIPPED.test(entry.name)))
        await walk(path, depth + 1);
    }
  }
  await walk('', 0);
  return found.sort();
}

/** What is too large, or cannot be read, is left out. */
async function readAll(folder: string, paths: readonly string[]): Promise<readonly TextFile[]> {
  const files: TextFile[] = [];
  for (const path of paths) {
    try {
      const bytes = await readOwnFile(join(folder, path), LARGEST);
      if (bytes) files.push({ path, text: bytes.toString('utf8') });
    } catch (error) {
      if (!(error instanceof LadingError)) throw error;
    }
  }
  return files;
}
