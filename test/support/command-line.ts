import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The built command line. */
export const cli = join(import.meta.dirname, '../../dist/cli.js');

export interface LadingOptions {
  readonly cwd: string;
  /** All that it sees besides PATH and HOME, which is the working directory. */
  readonly env?: Readonly<Record<string, string>>;
  /** Runs as another user, who owns nothing; as root only. */
  readonly uid?: number;
  /** What is piped in; nothing when left out. */
  readonly input?: string | undefined;
  /** Another Node than the one that runs the tests. */
  readonly node?: string | undefined;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningLading {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

export function startLading(args: readonly string[], options: LadingOptions): RunningLading {
  if (!existsSync(cli)) throw new Error('dist/ is missing: npm test builds it');
  const { cwd, env = {}, uid, node = process.execPath, input } = options;
  const child = spawn(node, [cli, ...args], {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, ...env },
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    ...(uid !== undefined && { uid, gid: uid }),
  });
  child.stdin?.end(input);
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (text: string) => (texts[name] += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...texts }));
  });
  return { child, ended };
}

export const lading = (args: readonly string[], options: LadingOptions): Promise<Ended> =>
  startLading(args, options).ended;
