import type { Clock } from '../base/clock.js';
import { systemClock } from '../base/clock.js';
import type { Context, Environment } from '../base/context.js';
import { createExec } from '../base/exec.js';
import { createHttp } from '../base/http.js';
import { createRedactor } from '../base/redact.js';
import type { Report } from '../base/report.js';

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
  readonly signal: AbortSignal;
  readonly sink: Report;
  readonly clock?: Clock | undefined;
}): World {
  const { env, cwd, configFile, signal, sink, clock = systemClock } = options;
  const redactor = createRedactor();
  const http = createHttp({ env });
  const report: Report = (event) => {
    switch (event.type) {
      case 'mask':
        redactor.add(event.value);
        sink(event);
        return;
      case 'message':
        sink({ ...event, text: redactor.redact(event.text), hint: event.hint && redactor.redact(event.hint) });
        return;
      case 'rollout':
        sink({ ...event, change: redactAll(event.change, (text) => redactor.redact(text)) });
        return;
      case 'line':
        sink({ ...event, text: redactor.redact(event.text) });
        return;
      case 'summary':
        sink({ ...event, markdown: redactor.redact(event.markdown) });
        return;
      case 'task':
      case 'progress':
        sink({ ...event, detail: event.detail && redactor.redact(event.detail) });
    }
  };
  return {
    context: { env, cwd, configFile, http, exec: createExec(env), clock, report, signal },
    redact: (text) => redactor.redact(text),
    close: () => http.close(),
  };
}

/** Every text of a value, however deep. */
function redactAll<Value>(value: Value, redact: (text: string) => string): Value {
  if (typeof value === 'string') return redact(value) as Value;
  if (Array.isArray(value)) return value.map((entry: unknown) => redactAll(entry, redact)) as Value;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, redactAll(entry, redact)])) as Value;
}
