import { numberIn } from './buildkit.js';
import type { BuildFailure, Watcher } from './watcher.js';
import { keepLast } from './watcher.js';

/** `[2/3] STEP 1/2: RUN npm ci`, without the first part when there is one stage. */
const STEP = /^(?:\[(\d+)\/(\d+)\] )?STEP (\d+)\/(\d+): (.+)$/;
const NOISE =
  /^(-->( [0-9a-f]{11,})?$|(\[\d+\/\d+\] )?COMMIT\b|[0-9a-f]{64}$|Getting image|Copying |Writing manifest|Storing sign)/;
/** What buildah says after a step's program has failed. */
const ENDED = /^(subprocess exited |time="|Error: |error )/;

/** The lines of `buildah build` and `podman build`. */
export function buildahWatcher(): Watcher {
  const output: string[] = [];
  const tail: string[] = [];
  const totals = new Map<string, number>();
  let done = 0;
  let step: string | undefined;
  let begun = '';
  let reason: string | undefined;
  return {
    push(text) {
      const [, stage = '1', stages = '1', number, total, words] = STEP.exec(text) ?? [];
      if (words !== undefined) {
        step = words;
        begun = text;
        output.length = 0;
        totals.set(stage, Number(total));
        const before = [...totals].filter(([other]) => Number(other) < Number(stage)).map(([, count]) => count);
        done = before.reduce((sum, count) => sum + count, 0) + Number(number);
        const missing = Number(stages) - totals.size;
        const known = [...totals.values()].reduce((sum, count) => sum + count, 0);
        return { text, progress: { done, total: Math.max(done, known + missing) } };
      }
      if (/^--> Using cache\b/.test(text))
        return { text: `${/^.*?STEP \d+\/\d+/.exec(begun)?.[0] ?? ''} cached`.trim() };
      if (text.trim() === '' || NOISE.test(text)) return undefined;
      const [, error] = /^Error: (.*)$/.exec(text) ?? [];
      reason = error ?? reason;
      keepLast(tail, text);
      if (ENDED.test(text)) return undefined;
      keepLast(output, text);
      return { text };
    },
    failure(): BuildFailure {
      const why = reason ?? tail.at(-1) ?? 'it printed nothing';
      // It tells the step that failed, but in words that are no more those of the Dockerfile: the last begun is it.
      const isStep = /^(building at STEP|error building at STEP)/.test(why);
      return {
        step: isStep ? step : undefined,
        stage: undefined,
        exitCode: isStep ? numberIn(why, /exit status (\d+)$/) : undefined,
        line: undefined,
        output: [...output],
        reason: why,
      };
    },
  };
}
