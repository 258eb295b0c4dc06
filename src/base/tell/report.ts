import type { Page } from './page.js';
import type { RolloutChange } from './rollout.js';

/** How loud a message is. `debug` is shown with `--verbose` only. */
export type Level = 'debug' | 'info' | 'warning' | 'error';

export type TaskState = 'start' | 'done' | 'failed' | 'skipped';

/** What happens during a run, as data. Sinks in `report/` turn it into text. */
export type ReportEvent =
  | {
      readonly type: 'task';
      /** Unique within the run. */
      readonly id: string;
      readonly title: string;
      readonly state: TaskState;
      /** A few words about the outcome, as `14.2 MB in 3 layers`. */
      readonly detail?: string | undefined;
      /** Milliseconds since the start; only with `done` and `failed`. */
      readonly ms?: number | undefined;
    }
  | {
      readonly type: 'progress';
      /** The task it belongs to. */
      readonly id: string;
      readonly done: number;
      readonly total?: number | undefined;
      readonly unit: 'bytes' | 'count';
      readonly detail?: string | undefined;
    }
  | {
      readonly type: 'message';
      readonly level: Level;
      readonly text: string;
      readonly hint?: string | undefined;
      /** Where the cause stands, for an annotation: file relative to the workspace, line from 1. */
      readonly at?: { readonly file: string; readonly line?: number | undefined } | undefined;
    }
  /** Something about a rollout; `of` names what is rolled out, `at` is in milliseconds since 1970. */
  | { readonly type: 'rollout'; readonly of: string; readonly at: number; readonly change: RolloutChange }
  /** A line that a program or a container printed: untrusted. */
  | { readonly type: 'line'; readonly source: string; readonly text: string }
  /** A secret that no sink may show. Must come before anything that could contain it. */
  | { readonly type: 'mask'; readonly value: string }
  /** What there is to show at the end; each sink has its own way, and most have none. */
  | {
      readonly type: 'page';
      readonly page: Page;
      /** What a person at a terminal must read at once, whether or not pages are shown there. */
      readonly brief?: Page | undefined;
    };

export type Report = (event: ReportEvent) => void;

export const silent: Report = () => undefined;

let taskCount = 0;

/** Progress of bytes in smaller steps is nothing to look at. */
const LEAST_BYTES = 1 << 20;

export interface Task {
  /** Of bytes each piece may be told: one event in a while comes of it. */
  progress(done: number, total?: number, options?: { unit?: 'bytes' | 'count'; detail?: string }): void;
  /** Sets the words that stand beside the finished task. */
  detail(text: string): void;
}

/** Reports the start and the end of `work`, with its time by the clock. */
export async function withTask<Result>(
  context: { readonly report: Report; readonly clock: { now(): number } },
  title: string,
  work: (task: Task) => Promise<Result>,
): Promise<Result> {
  const id = `task-${++taskCount}`;
  const started = context.clock.now();
  let detail: string | undefined;
  let told = 0;
  context.report({ type: 'task', id, title, state: 'start' });
  const task: Task = {
    progress(done, total, { unit = 'bytes', detail: words } = {}) {
      const step = unit === 'bytes' ? Math.max(LEAST_BYTES, (total ?? 0) / 200) : 0;
      if (done !== total && Math.abs(done - told) < step) return;
      told = done;
      context.report({ type: 'progress', id, done, total, unit, detail: words });
    },
    detail(text) {
      detail = text;
    },
  };
  try {
    const result = await work(task);
    context.report({ type: 'task', id, title, state: 'done', detail, ms: context.clock.now() - started });
    return result;
  } catch (error) {
    context.report({ type: 'task', id, title, state: 'failed', detail, ms: context.clock.now() - started });
    throw error;
  }
}

export function say(report: Report, level: Level, text: string, hint?: string): void {
  report({ type: 'message', level, text, hint });
}
