import type { Environment } from '../base/context.js';
import type { Page } from '../base/tell/page.js';
import type { Report } from '../base/tell/report.js';
import { harmless } from './escape/workflow-command.js';
import { renderText } from './page/terminal.js';
import type { Verbosity } from './plain.js';
import { plainLine } from './plain.js';

export interface Sink {
  readonly report: Report;
  close(): void;
}

interface Stage {
  readonly env: Environment;
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number };
}

/** Width of a page in a log. */
const LOG_WIDTH = 100;

/**
 * Live on a terminal, with commands in GitHub Actions, plain lines elsewhere. All of it on stderr; pages go to the
 * summary of the job, where there is one, and are shown as text when that is asked for.
 */
export async function chooseSink(stage: Stage, verbosity: Verbosity): Promise<Sink> {
  const { env } = stage;
  const summary = env.GITHUB_STEP_SUMMARY ? (await import('./job-summary.js')).openJobSummary(env) : undefined;
  const sink = await chooseScreen(stage, verbosity);
  const show = pageWriter(stage);
  return {
    ...sink,
    report(event) {
      sink.report(event);
      if (event.type !== 'page') return;
      summary?.append(event.page);
      const shown = verbosity.pages ? event.page : event.brief;
      if (shown) show(shown);
    },
  };
}

function pageWriter({ env, stderr }: Stage): (page: Page) => void {
  const colors = stderr.isTTY === true && !env.NO_COLOR && !env.CI;
  return (page) => {
    const text = renderText(page, { width: stderr.columns ?? LOG_WIDTH, colors });
    stderr.write(`${env.GITHUB_ACTIONS === 'true' ? harmless(text) : text}\n`);
  };
}

async function chooseScreen({ env, stderr }: Stage, verbosity: Verbosity): Promise<Sink> {
  if (env.GITHUB_ACTIONS === 'true') {
    const { githubSink } = await import('./github.js');
    return githubSink({ ...verbosity, write: (text) => stderr.write(text), summary: undefined });
  }
  if (stderr.isTTY === true && !env.CI && env.TERM !== 'dumb') {
    const { ttySink } = await import('./tty.js');
    return ttySink(stderr as NodeJS.WriteStream, verbosity, env);
  }
  return {
    report(event) {
      const line = plainLine(event, verbosity);
      if (line !== undefined) stderr.write(`${line}\n`);
    },
    close: () => undefined,
  };
}
