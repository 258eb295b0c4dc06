import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Contexts, ContextValue, WorkflowCheck } from './check-workflow.js';

interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string | boolean>>;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface Job {
  readonly needs?: string | readonly string[];
  readonly if?: string;
  readonly environment?: string;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly container?: {
    readonly image: string;
    readonly credentials: { readonly username: string; readonly password: string };
  };
  readonly steps: readonly Step[];
}

/** What came of a job: `success`, `skipped`, or `failure: ` and why. */
type Conclusion = string;

interface JobEnd {
  readonly conclusion: Conclusion;
  readonly outputs: Readonly<Record<string, string>>;
}

export interface RunOptions {
  readonly check: WorkflowCheck;
  /** The `github` context of the run. */
  readonly github: { readonly repository: string; readonly [key: string]: ContextValue };
  readonly vars: Readonly<Record<string, string>>;
  /** Inputs of `workflow_dispatch`. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** What a job of the repository, or of its environment, would get at this moment. */
  readonly secrets: (environment?: string) => Readonly<Record<string, string>>;
  /** Pulls the image of a job. */
  readonly pull: (image: string, login: { readonly username: string; readonly password: string }) => Promise<void>;
  /** Runs an action: the exit code and the outputs of its step. Those that are not given do nothing. */
  readonly actions: Readonly<Record<string, Action>>;
  /** `gh` as a step calls it. */
  readonly gh?: (argv: readonly string[]) => Promise<void>;
  /** Of a run before whose failed jobs alone run again: jobs that succeeded keep their outputs. */
  readonly rerunOf?: RunEnd;
}

export type Action = (
  inputs: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
) => Promise<{ readonly code: number; readonly outputs: Readonly<Record<string, string>> }>;

export type RunEnd = Readonly<Record<string, JobEnd>>;

/**
 * Runs a workflow as GitHub does in what matters here: jobs in the order of `needs`, `if:` by GitHub's own expressions,
 * a repository's secrets read when the run is queued and an environment's when its job starts, an empty credential
 * refused as an error of the template, outputs handed on, failed jobs run again.
 */
export async function runWorkflow(text: string, options: RunOptions): Promise<RunEnd> {
  const { jobs } = parse(text) as { readonly jobs: Readonly<Record<string, Job>> };
  const queued = options.secrets();
  const ends: Record<string, JobEnd> = {};
  let waiting = Object.keys(jobs);
  while (waiting.length > 0) {
    const ready = waiting.filter((id) => needsOf(jobs[id]).every((need) => need in ends));
    if (ready.length === 0) throw new Error(`these jobs wait for each other: ${waiting.join(', ')}`);
    for (const id of ready) {
      const before = options.rerunOf?.[id];
      ends[id] = before?.conclusion === 'success' ? before : await runJob(jobs[id] as Job, queued, ends, options);
    }
    waiting = waiting.filter((id) => !ready.includes(id));
  }
  return ends;
}

/** The conclusions alone. */
export function conclusions(end: RunEnd): Readonly<Record<string, Conclusion>> {
  return Object.fromEntries(Object.entries(end).map(([id, { conclusion }]) => [id, conclusion]));
}

function needsOf(job: Job | undefined): readonly string[] {
  const { needs = [] } = job ?? {};
  return typeof needs === 'string' ? [needs] : needs;
}

/** GitHub's own word for it. */
function resultOf({ conclusion }: JobEnd): string {
  return conclusion.split(':')[0] ?? '';
}

async function runJob(
  job: Job,
  queued: Readonly<Record<string, string>>,
  ends: Readonly<Record<string, JobEnd>>,
  options: RunOptions,
): Promise<JobEnd> {
  const { check, github, vars, inputs = {} } = options;
  const needed = needsOf(job).map((id) => [id, ends[id] as JobEnd] as const);
  const needs = Object.fromEntries(needed.map(([id, end]) => [id, { result: resultOf(end), outputs: end.outputs }]));
  const results = needed.map(([, end]) => resultOf(end));
  const status = results.includes('failure') ? 'failure' : 'success';
  const skips = results.includes('skipped') && !/\b(?:always|failure)\s*\(/.test(job.if ?? '');
  if (skips || !check.holds(job.if ?? 'true', { github, needs }, status)) return { conclusion: 'skipped', outputs: {} };
  const own = job.environment === undefined ? {} : options.secrets(job.environment);
  const steps: Record<string, { outputs: Readonly<Record<string, string>> }> = {};
  const contexts = (): Contexts => ({ github, vars, needs, steps, inputs, secrets: { ...queued, ...own } });
  try {
    if (job.container) {
      const { image, credentials } = job.container;
      const password = check.interpolated(credentials.password, contexts());
      if (password === '') throw new Error("The template is not valid. Unexpected value ''");
      await options.pull(image, { username: credentials.username, password });
    }
    for (const step of job.steps) {
      const outputs = await runStep(step, contexts(), options);
      if (step.id !== undefined) steps[step.id] = { outputs };
    }
    const outputs = Object.entries(job.outputs ?? {}).map(([name, value]) => [
      name,
      check.interpolated(value, contexts()),
    ]);
    return { conclusion: 'success', outputs: Object.fromEntries(outputs) as Record<string, string> };
  } catch (error) {
    return { conclusion: `failure: ${(error as Error).message}`, outputs: {} };
  }
}

async function runStep(step: Step, contexts: Contexts, options: RunOptions): Promise<Readonly<Record<string, string>>> {
  const { check } = options;
  const filled = (values: Readonly<Record<string, string | boolean>>) =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, check.interpolated(String(value), contexts)]),
    );
  if (step.uses !== undefined) {
    const ended = await options.actions[step.uses]?.(filled(step.with ?? {}), filled(step.env ?? {}));
    if (ended && ended.code !== 0) throw new Error(`exit code ${ended.code}`);
    return ended?.outputs ?? {};
  }
  const script = check.interpolated(step.run ?? '', contexts);
  const { repository, sha } = options.github;
  const known = { GITHUB_REPOSITORY: repository, ...(typeof sha === 'string' && { GITHUB_SHA: sha }) };
  const { called, failed, outputs } = bash(script, { ...filled(step.env ?? {}), ...known });
  for (const argv of called) await options.gh?.(argv);
  if (failed !== undefined) throw new Error(failed);
  return outputs;
}

/** What bash does with a step's script: the calls of `gh`, its outputs, and the annotation of a script that fails. */
function bash(script: string, env: Readonly<Record<string, string>>) {
  const gh = String.raw`gh() { printf '\x1e'; printf '%s\x1f' "$@"; printf '\x1e'; }`;
  const folder = mkdtempSync(join(tmpdir(), 'lading-step-'));
  const file = join(folder, 'output');
  writeFileSync(file, '');
  const ended = spawnSync('bash', ['--norc', '-euc', `${gh}\n${script}`], {
    encoding: 'utf8',
    env: { PATH: '/usr/bin:/bin', GITHUB_OUTPUT: file, ...env },
  });
  const pairs = [...readFileSync(file, 'utf8').matchAll(/^([\w-]+)=(.*)$/gm)];
  const outputs = Object.fromEntries(pairs.map(([, name, value]) => [name ?? '', value ?? '']));
  rmSync(folder, { recursive: true });
  // Every other piece is a call.
  const pieces = ended.stdout.split('\x1e');
  const called = pieces.filter((_, index) => index % 2 === 1).map((piece) => piece.split('\x1f').slice(0, -1));
  const said = /::error[^:]*::(.*)/.exec(ended.stdout)?.[1];
  return { called, outputs, failed: ended.status === 0 ? undefined : (said ?? `exit code ${ended.status}`) };
}
