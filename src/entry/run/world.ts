import type { Clock } from '../../base/clock.js';
import { systemClock } from '../../base/clock.js';
import type { Context, Environment } from '../../base/context.js';
import type { Exec } from '../../base/programs/exec.js';
import type { Http } from '../../base/http/http.js';
import type { Ask } from '../../base/tell/ask.js';
import { createRedactor, redactEvent } from '../../base/tell/redact.js';
import type { Patience } from './patience.js';
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
  readonly ask?: Ask | undefined;
  readonly readInput?: Context['readInput'];
  readonly patience?: Patience | undefined;
}): World {
  const { env, cwd, configFile, environment, signal, sink, clock = systemClock, ask, readInput, patience } = options;
  const redactor = createRedactor();
  const http = lateHttp(env);
  const report: Report = (event) => {
    if (event.type === 'mask') redactor.add(event.value);
    sink(redactEvent(event, (text) => redactor.redact(text)));
  };
  const markdown: Context['markdown'] = async (page, limit) => {
    const { renderMarkdown } = await import('../../report/page/markdown.js');
    const event = redactEvent({ type: 'page', page }, (text) => redactor.redact(text));
    return renderMarkdown(event.type === 'page' ? event.page : page, limit);
  };
  return {
    context: {
      env,
      cwd,
      configFile,
      environment,
      http,
      exec: lateExec(env, patience),
      clock,
      report,
      ask,
      readInput,
      markdown,
      signal,
    },
    redact: (text) => redactor.redact(text),
    close: () => http.close(),
  };
}

/** Programs and HTTP are loaded by who uses them first: a mistake is told without them. */
function lateExec(env: Environment, patience: Patience | undefined): Exec {
  let loaded: Promise<Exec> | undefined;
  return async (program, args, request) => {
    loaded ??= import('../../base/programs/exec.js').then(({ createExec }) => createExec(env));
    const running = (await loaded)(program, args, request);
    return patience && request?.grace !== undefined ? patience.during(request.grace, running) : running;
  };
}

function lateHttp(env: Environment): Http & { close(): void } {
  let loaded: Promise<Http & { close(): void }> | undefined;
  return Object.assign(
    async (...request: Parameters<Http>) => {
      loaded ??= import('../../base/http/http.js').then(({ createHttp }) => createHttp({ env }));
      return (await loaded)(...request);
    },
    { close: () => void loaded?.then((http) => http.close()) },
  );
}
