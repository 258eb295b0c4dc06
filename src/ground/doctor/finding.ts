/** `ok` may have a fix, too: it works, and there is better. */
export type State = 'ok' | 'wrong' | 'unknown';

/** A place in a file of the folder that was looked at. */
export interface FilePlace {
  /** Relative to that folder, with `/`. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

/** What one check came to about one thing. */
export interface Finding {
  readonly state: State;
  /** Stable, for programs: the check's id, and what it is about, as `role/trust`. */
  readonly code: string;
  /** One sentence without a full stop. */
  readonly what: string;
  readonly at?: FilePlace | undefined;
  /** One imperative sentence. */
  readonly fix?: string | undefined;
  /** What `--fix` would do about it. */
  readonly mend?: Mend | undefined;
}

/** One change that takes a fault away. */
export type Mend = FileMend | SettingMend;

/** Other text for a part of a file. */
export interface FileMend {
  readonly in: 'file';
  /** As in `FilePlace`. */
  readonly file: string;
  readonly edits: readonly Edit[];
  /** The file gets this name when its text is mended. */
  readonly rename?: string | undefined;
  /** Of other files, that follow. */
  readonly also?: readonly Pick<FileMend, 'file' | 'edits'>[] | undefined;
}

/** Of UTF-16 code units, `end` not included; an edit of nothing inserts. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** One call that changes a setting. */
export interface SettingMend {
  readonly in: 'aws';
  /** What it is called on the command line, as `circuit-breaker`. */
  readonly name: string;
  readonly service: 'ecs' | 'ecr' | 'elbv2' | 'logs';
  readonly region: string;
  readonly operation: string;
  readonly input: object;
  /** What a person is asked, without a question mark: `Set the deregistration delay of shop to 30 s`. */
  readonly ask: string;
}

type More = Pick<Finding, 'at' | 'fix' | 'mend'>;

export function ok(code: string, what: string, more: More = {}): Finding {
  return { state: 'ok', code, what, ...more };
}

export function wrong(code: string, what: string, more: More & { readonly fix: string }): Finding {
  return { state: 'wrong', code, what, ...more };
}

export function unknown(code: string, what: string, more: More = {}): Finding {
  return { state: 'unknown', code, what, ...more };
}

/** Worst first; of equals, those of files by their place, the rest as they came. */
export function worstFirst(findings: readonly Finding[]): readonly Finding[] {
  return [...findings].sort((a, b) => rank(a) - rank(b) || byPlace(a.at, b.at));
}

function rank({ state, fix }: Finding): number {
  if (state === 'wrong') return 0;
  if (state === 'unknown') return 1;
  return fix === undefined ? 3 : 2;
}

function byPlace(a: FilePlace | undefined, b: FilePlace | undefined): number {
  if (!a || !b) return a ? 1 : b ? -1 : 0;
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}

export function placeText({ file, line, column }: FilePlace): string {
  return `${file}:${line}:${column}`;
}
