import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

export interface Annotation {
  readonly level: string;
  readonly message: string;
}

export interface StepResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly ms: number;
  /** The log as GitHub shows it, masked. */
  readonly log: string;
  readonly annotations: readonly Annotation[];
  readonly masks: ReadonlySet<string>;
  readonly outputs: Readonly<Record<string, string>>;
  /** Variables for the steps that follow. */
  readonly exported: Readonly<Record<string, string>>;
  /** Folders for their PATH, the first one first. */
  readonly paths: readonly string[];
  /** What the end of the job gets, as `STATE_<name>`. */
  readonly state: Readonly<Record<string, string>>;
  readonly summary: string;
}

export interface StepOptions {
  readonly node: string;
  readonly workspace: string;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Cancels the job once a line of the log matches. */
  readonly cancelAt?: RegExp;
}

const COMMAND = /^\s*::(add-mask|error|warning|notice|debug|stop-commands|set-output|save-state)(?: .*?)?::(.*)$/;

/** One step of a JavaScript action, as the Actions runner does it: files, commands, masks, and the way it cancels. */
export async function runStep(entry: string, options: StepOptions): Promise<StepResult> {
  const folder = mkdtempSync(join(tmpdir(), 'runner-'));
  const file = (name: string) => join(folder, name);
  for (const name of ['output', 'summary', 'env', 'state', 'path']) writeFileSync(file(name), '');
  const inputs = Object.entries(options.inputs ?? {}).map(([name, text]) => [`INPUT_${name.toUpperCase()}`, text]);
  const child = spawn(options.node, [resolve(entry)], {
    cwd: options.workspace,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: homedir(),
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_WORKSPACE: options.workspace,
      RUNNER_TEMP: folder,
      GITHUB_OUTPUT: file('output'),
      GITHUB_STEP_SUMMARY: file('summary'),
      GITHUB_ENV: file('env'),
      GITHUB_STATE: file('state'),
      GITHUB_PATH: file('path'),
      ...(Object.fromEntries(inputs) as Record<string, string>),
      ...options.env,
    },
  });
  const started = performance.now();
  const masks = new Set<string>();
  const annotations: Annotation[] = [];
  const log: string[] = [];
  const timers: NodeJS.Timeout[] = [];
  const masked = (text: string) => [...masks].reduce((shown, mask) => shown.replaceAll(mask, '***'), text);
  let stopped: string | undefined;
  let cancelled = false;

  function cancel(): void {
    cancelled = true;
    // https://github.com/actions/runner/blob/main/src/Runner.Sdk/ProcessInvoker.cs
    child.kill('SIGINT');
    timers.push(
      setTimeout(() => child.kill('SIGTERM'), 7500),
      setTimeout(() => child.kill('SIGKILL'), 10_000),
    );
  }

  function onLine(line: string): void {
    if (!cancelled && options.cancelAt?.test(line)) cancel();
    const [, name, data = ''] = COMMAND.exec(line) ?? [];
    if (stopped !== undefined) {
      if (line.trim() === `::${stopped}::`) stopped = undefined;
      else log.push(masked(line));
    } else if (name === 'stop-commands') stopped = data;
    else if (name === 'add-mask') masks.add(unescape(data));
    else if (name !== undefined) annotations.push({ level: name, message: masked(unescape(data)) });
    else log.push(masked(line));
  }

  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', onLine);
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((done, fail) => {
    child.on('error', fail);
    child.on('close', (...end) => done(end));
  });
  for (const timer of timers) clearTimeout(timer);
  const result = {
    code,
    signal,
    ms: performance.now() - started,
    log: log.join('\n'),
    annotations,
    masks,
    outputs: parsePairs(readFileSync(file('output'), 'utf8')),
    exported: parseExported(readFileSync(file('env'), 'utf8')),
    paths: readFileSync(file('path'), 'utf8').split('\n').filter(Boolean).reverse(),
    state: parsePairs(readFileSync(file('state'), 'utf8')),
    summary: masked(readFileSync(file('summary'), 'utf8')),
  };
  rmSync(folder, { recursive: true, force: true });
  return result;
}

function unescape(text: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
}

/** https://github.com/actions/runner/blob/main/src/Runner.Worker/FileCommandManager.cs */
function parseExported(text: string): Record<string, string> {
  const pairs = parsePairs(text);
  if ('NODE_OPTIONS' in pairs)
    throw new Error("Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command.");
  return pairs;
}

/** `NAME=VALUE`, or `NAME<<DELIMITER`, lines, `DELIMITER`; anything else fails the step. */
function parsePairs(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (line === '') continue;
    const [, name, operator, rest = ''] = /^(.+?)(=|<<)(.*)$/.exec(line) ?? [];
    if (name === undefined) throw new Error(`Invalid format '${line}'`);
    if (operator === '=') {
      outputs[name] = rest;
      continue;
    }
    const end = lines.indexOf(rest, at + 1);
    if (end < 0) throw new Error(`Invalid value. Matching delimiter not found '${rest}'`);
    outputs[name] = lines.slice(at + 1, end).join('\n');
    at = end;
  }
  return outputs;
}

/**
 * The Node that `using: node24` means: this one when it is, else an npm package in a cache; undefined, with a line that
 * says so, when it cannot be had. With `CI=true` that is a failure.
 */
export function findNode24(): string | undefined {
  if (process.versions.node.startsWith('24.')) return process.execPath;
  const name = `node-${process.platform}-${process.arch}`;
  const cache = resolve(import.meta.dirname, '../../node_modules/.cache/lading-node24');
  const binary = join(cache, 'node_modules', name, 'bin', 'node');
  try {
    if (!existsSync(binary)) {
      mkdirSync(cache, { recursive: true });
      const flags = ['--no-save', '--no-audit', '--no-fund', '--loglevel=error', '--prefix', cache];
      execFileSync('npm', ['install', ...flags, `${name}@24`], { cwd: cache, stdio: 'pipe', timeout: 120_000 });
    }
    execFileSync(binary, ['--version'], { stdio: 'pipe' });
    return binary;
  } catch (error) {
    const text = `Node 24 (npm package ${name}@24) cannot be had: the actions are not tested under it`;
    if (process.env.CI === 'true') throw new Error(text, { cause: error });
    console.log(text);
    return undefined;
  }
}
