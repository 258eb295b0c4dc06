import type { Environment } from '../base/context.js';
import type { Report } from '../base/report.js';
import type { Verbosity } from './plain.js';
import { plainLine } from './plain.js';

export interface Sink {
  readonly report: Report;
  close(): void;
}

interface Stage {
  readonly env: Environment;
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean };
}

/** Live on a terminal, with commands in GitHub Actions, plain lines elsewhere. All of it on stderr. */
export async function chooseSink({ env, stderr }: Stage, verbosity: Verbosity): Promise<Sink> {
  if (env.GITHUB_ACTIONS === 'true') {
    const { githubSink } = await import('./github.js');
    return githubSink({ ...verbosity, write: (text) => stderr.write(text), summarize: undefined });
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
