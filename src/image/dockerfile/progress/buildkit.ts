import type { BuildFailure, Told, Watcher } from './watcher.js';
import { keepLast } from './watcher.js';

interface Vertex {
  readonly title: string;
  readonly output: string[];
}

const LINE = /^#(\d+) (.*)$/;
/** `[build 2/5] RUN npm ci`, `[2/5] RUN npm ci` */
const STEP = /^\[(?:(\S+) )?\s*(\d+)\/(\d+)\] (.+)$/;
const PRINTED = /^(\d+\.\d+)(?: (.*))?$/;
/** About the transfer of files, and what a vertex is called by its digest. */
const NOISE =
  /^(sha256:[0-9a-f]{64}\b|transferring |exporting |writing |naming |unpacking |sending |resolve |extracting |preparing )|^(DONE|CANCELED)\b/;
const ENGINE_ERROR =
  /^(?:ERROR: )?(?:failed to build: )?((?:failed to solve|failed to compute|executor failed|error: failed)\b.*|Cannot connect.*)$/i;
const PLACE = /^(.+):(\d+)$/;

/** The lines of `--progress=plain`. https://github.com/moby/buildkit/blob/master/util/progress/progressui/printer.go */
export function buildkitWatcher(): Watcher {
  const vertices = new Map<string, Vertex>();
  const totals = new Map<string, number>();
  const begun = new Set<string>();
  const tail: string[] = [];
  let failed: { readonly vertex: Vertex; readonly reason: string } | undefined;
  let reason: string | undefined;
  let line: number | undefined;
  let place: number | undefined;

  function begin(id: string, title: string): Told | undefined {
    vertices.set(id, { title, output: [] });
    const [, stage = '', , total, text] = STEP.exec(title) ?? [];
    if (text === undefined)
      return /load metadata for /.test(title) ? { text: title.replace('[internal] ', '') } : undefined;
    begun.add(title);
    totals.set(stage, Number(total));
    return { text: title, progress: { done: begun.size, total: Math.max(begun.size, sum(totals.values())) } };
  }

  return {
    push(text) {
      const [, id, rest = ''] = LINE.exec(text) ?? [];
      if (id === undefined) {
        if (text.trim() !== '') keepLast(tail, text);
        reason = ENGINE_ERROR.exec(text)?.[1] ?? reason;
        // The place stands directly above a ruler.
        if (/^-{10,}$/.test(text) && place !== undefined) line ??= place;
        const [, , number] = PLACE.exec(text) ?? [];
        place = number === undefined ? undefined : Number(number);
        return undefined;
      }
      const vertex = vertices.get(id);
      if (!vertex) return begin(id, rest);
      if (rest === vertex.title || rest === '...' || rest === '') return undefined;
      const [, error] = /^ERROR:? ?(.*)$/.exec(rest) ?? [];
      if (error !== undefined) {
        // Others are cancelled by the first that fails.
        if (!/context canceled/.test(error)) failed ??= { vertex, reason: error };
        return undefined;
      }
      if (rest === 'CACHED')
        return STEP.test(vertex.title) ? { text: `${/^\[.*?\]/.exec(vertex.title)?.[0]} cached` } : undefined;
      const [, , printed] = PRINTED.exec(rest) ?? [];
      if (printed !== undefined) {
        keepLast(vertex.output, printed);
        return { text: printed };
      }
      if (NOISE.test(rest) || PRINTED.test(rest)) return undefined;
      keepLast(vertex.output, rest);
      return { text: rest };
    },
    failure(): BuildFailure {
      const [, stage, , , step] = STEP.exec(failed?.vertex.title ?? '') ?? [];
      const why = reason ?? failed?.reason ?? tail.at(-1) ?? 'it printed nothing';
      return {
        step,
        stage,
        exitCode: numberIn(failed?.reason ?? why, /exit code: (\d+)/),
        line,
        output: failed?.vertex.output ?? [],
        reason: why,
      };
    },
  };
}

function sum(numbers: Iterable<number>): number {
  return [...numbers].reduce((all, one) => all + one, 0);
}

export function numberIn(text: string, pattern: RegExp): number | undefined {
  const found = pattern.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}
