import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Command {
  /** What the step is called in the tables. */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** File that becomes standard input. */
  readonly input?: string;
}

export interface Cost {
  /** Seconds of a monotonic clock around whole processes, one after the other. */
  readonly seconds: number;
  readonly steps: readonly { readonly name: string; readonly seconds: number }[];
  /** User and system seconds of the clients and of the daemon's process tree; undefined without GNU time. */
  readonly cpuSeconds: number | undefined;
  /** Highest resident memory of one client in MB; undefined without GNU time. */
  readonly clientMb: number | undefined;
  /** Highest resident memory of the daemon's processes, added up, in MB; undefined without a daemon. */
  readonly daemonMb: number | undefined;
}

const TIME = '/usr/bin/time';
/** Linux counts process times in hundredths of a second. */
const TICKS = 100;
const KIB_PER_MB = 1e6 / 1024;

export const hasTime = (): boolean => existsSync(TIME);

/** Runs the commands one after the other; a command that fails throws with what it wrote last. */
export async function measure(commands: readonly Command[], daemon?: number): Promise<Cost> {
  if (daemon !== undefined) forgetPeaks(daemon);
  const before = daemon === undefined ? 0 : cpuOf(daemon);
  const steps: { name: string; seconds: number }[] = [];
  let cpu = 0;
  let peak = 0;
  const notes = join(tmpdir(), `lading-bench-time-${process.pid}`);
  for (const command of commands) {
    const start = process.hrtime.bigint();
    await run(command, hasTime() ? notes : undefined);
    steps.push({ name: command.name, seconds: Number(process.hrtime.bigint() - start) / 1e9 });
    if (!hasTime()) continue;
    const [user = 0, system = 0, kib = 0] = readFileSync(notes, 'utf8').trim().split(' ').map(Number);
    cpu += user + system;
    peak = Math.max(peak, kib / KIB_PER_MB);
    rmSync(notes);
  }
  return {
    seconds: steps.reduce((sum, step) => sum + step.seconds, 0),
    steps,
    cpuSeconds: hasTime() ? cpu + (daemon === undefined ? 0 : cpuOf(daemon) - before) : undefined,
    clientMb: hasTime() ? peak : undefined,
    daemonMb: daemon === undefined ? undefined : peakOf(daemon),
  };
}

/** Runs one command and gives what it printed. */
export async function run(command: Omit<Command, 'name'>, notes?: string): Promise<string> {
  const { program, args, input } = command;
  const words = notes === undefined ? [program, ...args] : [TIME, '-f', '%U %S %M', '-o', notes, program, ...args];
  const env = command.env ?? process.env;
  const options = { cwd: command.cwd, env };
  const child =
    input === undefined
      ? spawn(words[0] as string, words.slice(1), { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
      : spawn('sh', ['-c', 'exec "$@" < "$0"', input, ...words], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}: ${(errors || said).slice(-800)}`);
  return said;
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly ticks: number;
}

/** The process and all under it. */
function treeOf(root: number): Process[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)) ?? []);
  const tree = all.filter((entry) => entry.pid === root);
  for (const parent of tree) tree.push(...all.filter((entry) => entry.parent === parent.pid));
  return tree;
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: fields 14 to 17 are the times, own and of ended children. */
function readProcess(pid: number): Process | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0);
    return { pid, parent: Number(fields[1]), ticks };
  } catch {
    return undefined;
  }
}

function cpuOf(root: number): number {
  return treeOf(root).reduce((sum, entry) => sum + entry.ticks, 0) / TICKS;
}

function peakOf(root: number): number {
  const peak = ({ pid }: Process) => {
    try {
      return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
    } catch {
      return 0;
    }
  };
  return treeOf(root).reduce((sum, entry) => sum + peak(entry), 0) / KIB_PER_MB;
}

function forgetPeaks(root: number): void {
  for (const { pid } of treeOf(root)) {
    try {
      writeFileSync(`/proc/${pid}/clear_refs`, '5');
    } catch {
      // A process that just ended has no peak.
    }
  }
}
