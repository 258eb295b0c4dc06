import type { Clock } from '../../base/clock.js';
import { systemClock } from '../../base/clock.js';
import type { Context, Environment } from '../../base/context.js';
import { createExec } from '../../base/programs/exec.js';
import { createHttp } from '../../base/http/http.js';
import { createRedactor, redactEvent } from '../../base/tell/redact.js';
import type { Report } from '../../base/tell/report.js';

export interface World {
  readonly context: Context;
  /** Takes the masked values out of a text. */
  readonly redact: (text: string) => string;
  close(): void;
}

/** The real world: this is where redaction comes before every sink. */
export function openWorld(options: {
  readonly env: Environment;
  readonly cwd: string;
  readonly configFile: string | undefined;
  readonly environment?: string | undefined;
  readonly signal: AbortSignal;
  readonly sink: Report;
  readonly clock?: Clock | undefined;
}): World {
  const { env, cwd, configFile, environment, signal, sink, clock = systemClock } = options;
  const redactor = createRedactor();
  const http = createHttp({ env });
  const report: Report = (event) => {
    if (event.type === 'mask') redactor.add(event.value);
    sink(redactEvent(event, (text) => redactor.redact(text)));
  };
  return {
    context: { env, cwd, configFile, environment, http, exec: createExec(env), clock, report, signal },
    redact: (text) => redactor.redact(text),
    close: () => http.close(),
  };
}
