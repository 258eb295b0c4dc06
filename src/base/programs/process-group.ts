import type { ChildProcess } from 'node:child_process';
import { platform } from 'node:os';
import host from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';

/** Between the request to end and the end by force. The dead that nobody buries, as in containers without an init, count as there. */
const GRACE_MS = 1200;
const LOOK_MS = 25;

/** Windows has no process groups: there only the program itself is ended. */
export const canGroup = platform() !== 'win32';

/** A program that was started as the first of a group, and all that it started. */
export interface ProcessGroup {
  /** Asks all of it to end, and makes it end when it does not in time. Resolves when it is gone. */
  end(): Promise<void>;
  /** It may go on without us. */
  forget(): void;
}

/** Groups that end with us: in one of its own a program hears no Ctrl-C. */
const open = new Set<() => void>();

/** `grace`: milliseconds that the program has to end by itself, before all of it is asked to end. */
export function openGroup(child: ChildProcess, grace = 0): ProcessGroup {
  const { pid } = child;
  const send = (signal: NodeJS.Signals | 0): boolean => {
    try {
      return canGroup && pid !== undefined ? host.kill(-pid, signal) : signal !== 0 && child.kill(signal);
    } catch {
      return false;
    }
  };
  const force = () => void send('SIGKILL');
  if (open.size === 0) host.once('exit', endAll);
  open.add(force);
  let ended: Promise<void> | undefined;

  async function end(): Promise<void> {
    if (grace > 0) await endAlone();
    send('SIGTERM');
    for (let waited = 0; waited < GRACE_MS; waited += LOOK_MS) {
      if (!isThere()) return;
      await wait(LOOK_MS);
    }
    force();
  }

  /** What it started is its own affair: Terraform could not finish what its providers are at without them. */
  async function endAlone(): Promise<void> {
    const isRunning = () => child.exitCode === null && child.signalCode === null;
    child.kill('SIGTERM');
    for (let waited = 0; waited < grace && isRunning(); waited += LOOK_MS) await wait(LOOK_MS);
  }

  function isThere(): boolean {
    return canGroup ? send(0) : child.exitCode === null && child.signalCode === null;
  }

  return {
    end: () => (ended ??= end()),
    forget() {
      open.delete(force);
      if (open.size === 0) host.off('exit', endAll);
    },
  };
}

function endAll(): void {
  for (const force of open) force();
}
