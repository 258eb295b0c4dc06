import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Environment } from './environment.js';
import type { LadingError } from './errors.js';
import { cancelled, ToolError } from './errors.js';

export interface ExecRequest {
  readonly cwd?: string | undefined;
  /** The whole environment of the program, not an addition. */
  readonly env?: Environment | undefined;
  /** Written to its standard input: the way for secrets, which never go into `args`. */
  readonly input?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with each line of either stream as it comes. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
}

export interface ExecResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program without a shell. Resolves with any exit code; rejects when it cannot be started or is cancelled. */
export type Exec = (program: string, args: readonly string[], request?: ExecRequest) => Promise<ExecResult>;

export function createExec(env: Environment): Exec {
  return async (program, args, request = {}) => {
    if (request.signal?.aborted) throw cancelled(program);
    const child = spawn(program, [...args], {
      cwd: request.cwd,
      env: request.env ?? env,
      signal: request.signal,
      stdio: [request.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    const texts = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      const stream = child[name];
      if (!stream) continue;
      const lines = createInterface({ input: stream, crlfDelay: Infinity });
      lines.on('line', (line) => {
        texts[name] += `${line}\n`;
        request.onLine?.(line, name);
      });
    }
    child.stdin?.on('error', () => undefined); // A program that does not read its input is no failure of ours.
    child.stdin?.end(request.input);
    const code = await new Promise<number>((resolve, reject) => {
      child.once('error', (cause: NodeJS.ErrnoException) => {
        if (request.signal?.aborted) reject(cancelled(program));
        else reject(notStarted(program, cause));
      });
      child.once('close', (exit, signal) => resolve(exit ?? (signal ? 128 : 1)));
    });
    if (request.signal?.aborted) throw cancelled(program);
    return { code, ...texts };
  };
}

function notStarted(program: string, cause: NodeJS.ErrnoException): LadingError {
  const missing = cause.code === 'ENOENT';
  return new ToolError('tool', `cannot run ${program}: ${missing ? 'it is not installed' : cause.message}`, {
    code: missing ? 'TOOL_MISSING' : 'TOOL_FAILED',
    hint: missing ? `Install ${program} or put it on PATH.` : undefined,
    cause,
  });
}
