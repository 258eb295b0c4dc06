import type { Clock } from '../../src/base/clock.js';
import { systemClock } from '../../src/base/clock.js';
import type { Context, Environment } from '../../src/base/context.js';
import { createExec } from '../../src/base/programs/exec.js';
import { createHttp } from '../../src/base/http/http.js';
import { renderMarkdown } from '../../src/report/page/markdown.js';
import type { ReportEvent } from '../../src/base/tell/report.js';

export interface TestWorld extends Context {
  readonly events: ReportEvent[];
  close(): void;
}

/** A context with the real network and programs, whose events can be looked at. */
export function testWorld(
  options: {
    readonly env?: Environment;
    readonly cwd?: string;
    readonly clock?: Clock;
    readonly signal?: AbortSignal;
  } = {},
): TestWorld {
  const env = options.env ?? {};
  const events: ReportEvent[] = [];
  const http = createHttp({ env });
  return {
    env,
    cwd: options.cwd ?? process.cwd(),
    http,
    exec: createExec({ ...process.env, ...env }),
    clock: options.clock ?? systemClock,
    report: (event) => events.push(event),
    markdown: (page, limit) => Promise.resolve(renderMarkdown(page, limit)),
    signal: options.signal ?? new AbortController().signal,
    events,
    close: () => http.close(),
  };
}
