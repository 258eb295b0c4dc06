import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { dockerignoreOf } from '../../layer/ignore.js';
import type { Choice } from '../../layer/ignore.js';
import type { Dockerfile } from './read-dockerfile.js';

/** What of a folder an engine is given. */
export interface IgnoreFile {
  /** Where it stands; undefined when there is none. */
  readonly path: string | undefined;
  /** With our own lines at its end. */
  readonly text: string;
  readonly accepts: Choice;
}

/** The files that an engine would read, best first: one beside the Dockerfile that is called like it, or the folder's. */
const NAMES = { docker: ['.dockerignore'], podman: ['.containerignore', '.dockerignore'] } as const;

export type IgnoreKind = keyof typeof NAMES;

/** As the engine would read it, and without what lading itself writes: with it, no build would be like the one before. */
export async function readIgnoreFile(
  app: string,
  dockerfile: Dockerfile,
  options: { readonly kind: IgnoreKind; readonly output: string },
): Promise<IgnoreFile> {
  const names = NAMES[options.kind];
  const places = [...names.map((name) => dockerfile.path + name), ...names.map((name) => join(app, name))];
  for (const path of places) {
    const text = await readFile(path, 'utf8').catch(() => undefined);
    if (text !== undefined) return withOwn(text, path);
  }
  return withOwn('', undefined);

  async function withOwn(text: string, path: string | undefined): Promise<IgnoreFile> {
    const whole = [text.trimEnd(), ...ownLines(app, options.output)].filter((line) => line !== '').join('\n') + '\n';
    return { path, text: whole, accepts: await dockerignoreOf(whole) };
  }
}

function ownLines(app: string, output: string): readonly string[] {
  const inside = relative(app, output).split(sep).join('/');
  const isInside = inside !== '' && inside !== '..' && !inside.startsWith('../');
  return ['**/.lading', ...(isInside ? [`/${inside}`, `/${inside}.lock`] : [])];
}

/** Copies of a Dockerfile and of what is ignored, for an engine: nothing is written beside those of the user. */
export interface StagedFiles {
  readonly dockerfile: string;
  readonly ignore: string;
}

/** BuildKit looks for `NAME.dockerignore` beside the Dockerfile, others are told where it is. */
export async function stageFiles(folder: string, dockerfile: Dockerfile, ignore: IgnoreFile): Promise<StagedFiles> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const copy = join(folder, dockerfile.name);
  await writeFile(copy, dockerfile.text, { mode: 0o600 });
  await writeFile(`${copy}.dockerignore`, ignore.text, { mode: 0o600 });
  return { dockerfile: copy, ignore: `${copy}.dockerignore` };
}
