/** Reads the lines of an engine while it builds. All that it says is data of others. */
export interface Watcher {
  /** What a line tells; undefined when nobody needs to see it. */
  push(line: string, stream: 'stdout' | 'stderr'): Told | undefined;
  /** What went wrong, once it has ended badly. */
  failure(): BuildFailure;
}

export interface Told {
  /** For the log: a step that begins, or what a step printed. */
  readonly text: string;
  /** Only when a step begins: how far the build has come. */
  readonly progress?: { readonly done: number; readonly total: number } | undefined;
}

export interface BuildFailure {
  /** The step that failed, as `RUN npm ci`, in the engine's words. */
  readonly step: string | undefined;
  /** Name of its stage, where the engine says it. */
  readonly stage: string | undefined;
  /** Exit code of the step's program. */
  readonly exitCode: number | undefined;
  /** Line of the Dockerfile, where the engine says it. */
  readonly line: number | undefined;
  /** What the step printed last. */
  readonly output: readonly string[];
  /** What the engine itself says, on one line. */
  readonly reason: string;
}

/** Lines of a step's output that are kept. */
export const KEPT = 20;

export function keepLast(lines: string[], line: string): void {
  lines.push(line);
  if (lines.length > KEPT) lines.shift();
}
