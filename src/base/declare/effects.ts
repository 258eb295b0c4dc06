import type { Context } from '../context.js';

/** One thing that a verb leaves for those that come after it, taken from its result. Undefined leaves it out. */
export interface Effect<Result> {
  readonly summary: string;
  of(result: Result): string | undefined;
}

/** Outputs that may hold secrets, or whose names are known only when the verb has run. */
export interface MadeOutputs<Result> {
  /** For pages, with the part that is made in angle brackets: `docker_password_<registry>`. Without one it is the name. */
  readonly name: string;
  readonly summary: string;
  of(result: Result): Readonly<Record<string, string>>;
}

/**
 * What later steps of a job, commands of a shell, or the calling program see of a verb beside its result. Each door
 * carries it out in its own way, and only when the verb ended well: secrets are masked first, the rest follows.
 */
export interface Effects<Result> {
  /** Environment variables by name. */
  readonly variables?: Readonly<Record<string, Effect<Result>>>;
  /** Folders that come first on PATH. */
  readonly paths?: readonly Effect<Result>[];
  /** Files that the verb wrote. */
  readonly files?: readonly Effect<Result>[];
  /**
   * What somebody asked to see on stdout as it is, secrets and all, instead of the lines for a shell; undefined when
   * nobody did.
   */
  print?(result: Result): string | undefined;
  /** Values that no log may show; they may stand in variables and made outputs. */
  secrets?(result: Result): readonly string[];
  readonly outputs?: readonly MadeOutputs<Result>[];
  readonly post?: Post<Result>;
}

/** What an action undoes at the end of the job, however that ended. Variables are put back without being asked. */
export interface Post<Result> {
  readonly summary: string;
  /** What `undo` must know, as JSON; it is kept in a file of the runner until then. Undefined: there is nothing to undo. */
  keep(result: Result): unknown;
  /** Gets what `keep` gave, as it came back from the file. What goes wrong is a warning: it must not fail the job. */
  undo(kept: unknown, context: Context): Promise<void>;
  /** Variable that leaves everything as it is when it says `true`, as `AWS_SKIP_CLEANUP_STEP`. */
  readonly unless?: string;
}

/** The effects of one run. */
export interface FoundEffects {
  readonly variables: ReadonlyMap<string, string>;
  readonly paths: readonly string[];
  readonly files: readonly string[];
  readonly secrets: readonly string[];
  readonly outputs: ReadonlyMap<string, string>;
  readonly print: string | undefined;
}

export function findEffects<Result>(effects: Effects<Result> | undefined, result: Result): FoundEffects {
  const found = (list: readonly Effect<Result>[] = []) => list.flatMap((effect) => effect.of(result) ?? []);
  const variables = Object.entries(effects?.variables ?? {}).flatMap(([name, effect]) => {
    const value = effect.of(result);
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    variables: new Map(variables),
    paths: found(effects?.paths),
    files: found(effects?.files),
    secrets: effects?.secrets?.(result).filter((secret) => secret !== '') ?? [],
    print: effects?.print?.(result),
    outputs: new Map((effects?.outputs ?? []).flatMap((made) => Object.entries(made.of(result)))),
  };
}
