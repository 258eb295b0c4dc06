import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cancelled, errnoOf, ToolError } from '../../base/errors.js';

/** A moto server: where it listens, and how it ends. */
export interface Moto {
  /** An address, or the path of a socket that only its owner can open. */
  readonly at: { readonly url: string } | { readonly socketPath: string };
  close(): Promise<void>;
}

const LONGEST_START_MS = 60_000;
/** What Python needs; credentials are not among it. */
const NEEDED = /^(PATH|HOME|TMPDIR|LANG|LC_\w+|PYENV_\w+|PYTHON\w*|VIRTUAL_ENV)$/;

/**
 * Starts `moto_server` of the PATH. It listens on a socket in a folder of our own: moto asks nobody for a key, so no port
 * of it may be open to the other users of the computer. Rejects with TOOL_MISSING or TOOL_FAILED.
 */
export async function startMoto(
  env: Readonly<Record<string, string | undefined>>,
  signal?: AbortSignal,
): Promise<Moto> {
  const folder = await mkdtemp(join(tmpdir(), 'lading-moto-'));
  const socketPath = join(folder, 'socket');
  const needed = Object.fromEntries(Object.entries(env).filter(([name]) => NEEDED.test(name)));
  const child = spawn('moto_server', ['-H', `unix://${socketPath}`], {
    cwd: folder,
    env: needed,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (piece: Buffer) => (said = (said + piece.toString()).slice(-2000)));
  const ended = new Promise<Error | undefined>((resolve) => {
    child.once('error', (error) => resolve(error));
    child.once('close', () => resolve(undefined));
  });
  const close = async () => {
    // It keeps nothing, and takes its time to say goodbye: more than a run has that was cancelled.
    child.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const outcome = await Promise.race([ended.then((error) => ({ error })), untilOpen(socketPath, signal)]);
  if (outcome === 'open') return { at: { socketPath }, close };
  await close();
  if (signal?.aborted) throw cancelled('the start of moto_server');
  throw notStarted(outcome, said);
}

function notStarted(outcome: 'late' | { readonly error: Error | undefined }, said: string): ToolError {
  const error = outcome === 'late' ? undefined : outcome.error;
  const isMissing = errnoOf(error) === 'ENOENT';
  const last = said.trim().split('\n').at(-1) ?? '';
  const how = outcome === 'late' ? 'it does not listen' : (error?.message ?? `it ended: ${last}`);
  return new ToolError('tool', `cannot start moto_server: ${isMissing ? 'it is not on the PATH' : how}`, {
    code: isMissing ? 'TOOL_MISSING' : 'TOOL_FAILED',
    hint: isMissing ? "Install it with pip install 'moto[server]', or give the address of one that runs." : undefined,
    cause: error,
  });
}

async function untilOpen(socketPath: string, signal: AbortSignal | undefined): Promise<'open' | 'late'> {
  const end = Date.now() + LONGEST_START_MS;
  while (Date.now() < end && signal?.aborted !== true) {
    if (await isOpen(socketPath)) return 'open';
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return 'late';
}

async function isOpen(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path: socketPath });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
