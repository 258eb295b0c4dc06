import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import type { Environment } from '../environment.js';
import type { LadingError } from '../errors.js';
import { cancelled, ToolError } from '../errors.js';
import { collectOutput } from './output.js';
import { canGroup, openGroup } from './process-group.js';

export interface ExecRequest {
  readonly cwd?: string | undefined;
  /** The whole environment of the program, not an addition. */
  readonly env?: Environment | undefined;
  /** Written to its standard input: the way for secrets, which never go into `args`. */
  readonly input?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds that it has to end by itself when it is cancelled: it alone is asked to, before what it started. */
  readonly grace?: number | undefined;
  /** Characters of each stream that the result keeps, the last ones; 4 Mi when left out. */
  readonly keep?: number | undefined;
  /** Called with each line of either stream as it comes; a long line is cut. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
}

export interface ExecResult {
  /** 128 and the signal's number when a signal ended it, as a shell tells it. */
  readonly code: number;
  /** Name of the signal that ended it, as `SIGKILL`. */
  readonly signal?: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** There was more than was kept: the beginning of a stream is missing. */
  readonly truncated?: boolean | undefined;
}

/**
 * Runs a program without a shell, in a process group of its own. Resolves with any end; rejects when it cannot be
 * started or is cancelled: then the program and what it started are gone within two seconds, or
 * a little after the grace that was asked for.
 */
export type Exec = (program: string, args: readonly string[], request?: ExecRequest) => Promise<ExecResult>;

/** Something that a program left behind may hold its streams open for as long as it likes. */
const LINGER_MS = 1000;
const KEEP = 4 << 20;

export function createExec(env: Environment): Exec {
  return async (program, args, request = {}) => {
    const { cwd, signal, onLine, keep = KEEP } = request;
    if (signal?.aborted) throw cancelled(program);
    if (cwd !== undefined && !existsSync(cwd)) throw notStarted(program, `the folder ${cwd} does not exist`);
    const child = spawn(program, [...args], {
      cwd,
      env: request.env ?? env,
      detached: canGroup,
      stdio: [request.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    const stdout = collectOutput(child.stdout, keep, (line) => onLine?.(line, 'stdout'));
    const stderr = collectOutput(child.stderr, keep, (line) => onLine?.(line, 'stderr'));
    child.stdin?.on('error', () => undefined); // A program that does not read its input is no failure of ours.
    child.stdin?.end(request.input);
    const group = openGroup(child, request.grace);
    const stop = () => void group.end();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      const end = await ending(child, program);
      if (signal?.aborted) {
        await group.end();
        throw cancelled(program);
      }
      return {
        code: end.code ?? 128 + (end.signal ? constants.signals[end.signal] : 0),
        ...(end.signal && { signal: end.signal }),
        stdout: stdout.text(),
        stderr: stderr.text(),
        ...((stdout.truncated() || stderr.truncated()) && { truncated: true }),
      };
    } finally {
      signal?.removeEventListener('abort', stop);
      group.forget();
    }
  };
}

interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Settles when the program is gone and its streams are read, or held by others. */
function ending(child: ChildProcess, program: string): Promise<Ending> {
  return new Promise((resolve, reject) => {
    let lingering: NodeJS.Timeout | undefined;
    child.once('error', (cause: NodeJS.ErrnoException) => {
      if (child.pid === undefined) reject(notStarted(program, cause));
    });
    child.once('exit', (code, signal) => {
      lingering = setTimeout(() => {
        for (const stream of [child.stdout, child.stderr]) stream?.destroy();
        resolve({ code, signal });
      }, LINGER_MS);
    });
    child.once('close', (code, signal) => {
      clearTimeout(lingering);
      resolve({ code, signal });
    });
  });
}

/** `ended with exit code 3`, `was ended by SIGKILL`. */
export function howItEnded(result: Pick<ExecResult, 'code' | 'signal'>): string {
  return result.signal === undefined ? `ended with exit code ${result.code}` : `was ended by ${result.signal}`;
}

function notStarted(program: string, cause: NodeJS.ErrnoException | string): LadingError {
  const missing = typeof cause !== 'string' && cause.code === 'ENOENT';
  const why = typeof cause === 'string' ? cause : missing ? 'it is not installed' : cause.message;
  return new ToolError('tool', `cannot run ${program}: ${why}`, {
    code: missing ? 'TOOL_MISSING' : 'TOOL_FAILED',
    hint: missing ? `Install ${program} or put it on PATH.` : undefined,
    cause,
  });
}
