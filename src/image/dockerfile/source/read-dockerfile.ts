import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { errnoOf, InputError, LadingError, messageOf } from '../../../base/errors.js';
import { nearest } from '../../../base/nearest.js';

/** A Dockerfile as far as lading looks at it. https://docs.docker.com/reference/dockerfile/ */
export interface Dockerfile {
  readonly path: string;
  /** For errors: its last name. */
  readonly name: string;
  readonly text: string;
  readonly instructions: readonly Instruction[];
  readonly stages: readonly Stage[];
}

export interface Instruction {
  /** Of its first word, from 1. */
  readonly line: number;
  /** On one line, without comments and what continues lines, with single blanks. */
  readonly text: string;
}

export interface Stage {
  readonly line: number;
  /** What it begins with: an image, or another stage. */
  readonly from: string;
  readonly name: string | undefined;
}

const FROM = /^FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?\s*$/i;

export async function readDockerfile(path: string): Promise<Dockerfile> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    const isMissing = errnoOf(cause) === 'ENOENT' || errnoOf(cause) === 'ENOTDIR';
    throw new LadingError('input', isMissing ? `${path} is missing` : `cannot read ${path}: ${messageOf(cause)}`, {
      code: isMissing ? 'DOCKERFILE_MISSING' : 'UNREADABLE',
      hint: isMissing ? 'Name the Dockerfile with --file, or the folder that holds it with --app.' : undefined,
      cause,
    });
  });
  const instructions = splitInstructions(text);
  const stages = instructions.flatMap(({ line, text: words }): Stage[] => {
    const [, from, name] = FROM.exec(words) ?? [];
    return from === undefined ? [] : [{ line, from, name }];
  });
  if (stages.length === 0) {
    throw new InputError(
      {
        where: `${path}:1`,
        message: 'no FROM is in it',
        hint: 'Begin it with FROM and a base image, or FROM scratch.',
      },
      'DOCKERFILE_INVALID',
    );
  }
  return { path, name: basename(path), text, instructions, stages };
}

/** Refuses a stage that is not there. A stage is called by its name, whatever its case, or by its number from 0. */
export function checkTarget({ path, stages }: Dockerfile, target: string | undefined): void {
  if (target === undefined) return;
  const names = stages.flatMap(({ name }) => name ?? []);
  const isThere = names.some((name) => name.toLowerCase() === target.toLowerCase());
  if (isThere || (/^\d+$/.test(target) && Number(target) < stages.length)) return;
  const close = nearest(
    target.toLowerCase(),
    names.map((name) => name.toLowerCase()),
  );
  const near = names.find((name) => name.toLowerCase() === close);
  throw new InputError(
    {
      where: '--target',
      message: `${path} has no stage ${target}`,
      hint:
        near === undefined
          ? `Choose one of: ${[...names, ...(names.length < stages.length ? ['a number from 0'] : [])].join(', ')}.`
          : `Did you mean ${near}?`,
    },
    'TARGET_UNKNOWN',
  );
}

/** By line continuations, comments and here-documents; directives in comments at the top are heeded. */
export function splitInstructions(text: string): readonly Instruction[] {
  const found: Instruction[] = [];
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  const continues = escapeOf(lines) === '`' ? /`[ \t]*$/ : /\\[ \t]*$/;
  let begun: { readonly line: number; parts: string[] } | undefined;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const words = line.replace(continues, '').trim();
    if (/^\s*#/.test(line) || (words === '' && (begun === undefined || words === line.trim()))) continue;
    begun ??= { line: at + 1, parts: [] };
    begun.parts.push(words);
    if (continues.test(line)) continue;
    const whole = oneSpaced(begun.parts.join(' '));
    found.push({ line: begun.line, text: whole });
    begun = undefined;
    for (const end of heredocsOf(whole)) {
      while (at + 1 < lines.length && (lines[at + 1] ?? '').replace(/^\t+/, '') !== end) at++;
      at++;
    }
  }
  if (begun) found.push({ line: begun.line, text: oneSpaced(begun.parts.join(' ')) });
  return found;
}

function escapeOf(lines: readonly string[]): '`' | '\\' {
  for (const line of lines) {
    const [, name, value] = /^#\s*(\w+)\s*=\s*(\S+)/.exec(line) ?? [];
    if (name === undefined) return '\\';
    if (name.toLowerCase() === 'escape' && value === '`') return '`';
  }
  return '\\';
}

/** Words that end the here-documents of an instruction. */
function heredocsOf(text: string): readonly string[] {
  if (!/^(RUN|COPY|ADD)\b/i.test(text)) return [];
  return [...text.matchAll(/(?:^|\s)\d*<<-?(["']?)([A-Za-z_][A-Za-z0-9_.]*)\1/g)].map(([, , word = '']) => word);
}

/**
 * The line of a step that an engine speaks of. Engines fill in variables in some of their words: then the step has no
 * line here. `stage` is what the engine calls its stage, when it does.
 */
export function lineOfStep(file: Dockerfile, step: string, stage?: string): number | undefined {
  const wanted = oneSpaced(step);
  const same = file.instructions.filter(({ text }) => text === wanted || text.startsWith(`${wanted} <<`));
  if (same.length < 2 || stage === undefined) return same[0]?.line;
  const at = file.stages.findIndex(
    ({ name }, index) => (name ?? `stage-${index}`).toLowerCase() === stage.toLowerCase(),
  );
  const from = file.stages[at]?.line ?? 0;
  const to = file.stages[at + 1]?.line ?? Number.POSITIVE_INFINITY;
  return (same.find(({ line }) => line >= from && line < to) ?? same[0])?.line;
}

function oneSpaced(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
