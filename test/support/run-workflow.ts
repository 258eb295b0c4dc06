import { execFileSync } from 'node:child_process';
import { parse } from 'yaml';
import type { Contexts, ContextValue, WorkflowCheck } from './check-workflow.js';

interface Job {
  readonly needs?: string | readonly string[];
  readonly if?: string;
  readonly environment?: string;
  readonly container?: {
    readonly image: string;
    readonly credentials: { readonly username: string; readonly password: string };
  };
  readonly steps: readonly {
    readonly uses?: string;
    readonly run?: string;
    readonly env?: Readonly<Record<string, string>>;
  }[];
}

export interface RunOptions {
  readonly check: WorkflowCheck;
  /** The `github` context of the run. */
  readonly github: { readonly repository: string; readonly [key: string]: ContextValue };
  readonly vars: Readonly<Record<string, string>>;
  /** What a job of the repository, or of its environment, would get at this moment. */
  readonly secrets: (environment?: string) => Readonly<Record<string, string>>;
  /** Pulls the image of a job. */
  readonly pull: (image: string, login: { readonly username: string; readonly password: string }) => Promise<void>;
  /** Runs `lading`, as npx would. */
  readonly lading: (argv: readonly string[], env: Readonly<Record<string, string>>) => Promise<number>;
}

/**
 * Runs a workflow as GitHub does in what matters here: jobs in the order of `needs`, `if:` by GitHub's own expressions,
 * a repository's secrets read when the run is queued and an environment's when its job starts, an empty credential
 * refused as an error of the template. Steps that are not npx are left out. Returns the conclusion of each job.
 */
export async function runWorkflow(text: string, options: RunOptions): Promise<Readonly<Record<string, string>>> {
  const { jobs } = parse(text) as { readonly jobs: Readonly<Record<string, Job>> };
  const queued = options.secrets();
  const conclusions: Record<string, string> = {};
  let waiting = Object.keys(jobs);
  while (waiting.length > 0) {
    const ready = waiting.filter((id) => needsOf(jobs[id]).every((need) => need in conclusions));
    if (ready.length === 0) throw new Error(`these jobs wait for each other: ${waiting.join(', ')}`);
    for (const id of ready) conclusions[id] = await conclusionOf(jobs[id] as Job, queued, conclusions, options);
    waiting = waiting.filter((id) => !ready.includes(id));
  }
  return conclusions;
}

function needsOf(job: Job | undefined): readonly string[] {
  const { needs = [] } = job ?? {};
  return typeof needs === 'string' ? [needs] : needs;
}

async function conclusionOf(
  job: Job,
  queued: Readonly<Record<string, string>>,
  conclusions: Readonly<Record<string, string>>,
  options: RunOptions,
): Promise<string> {
  const { check, github, vars } = options;
  if (needsOf(job).some((need) => conclusions[need] !== 'success')) return 'skipped';
  if (job.if !== undefined && !check.holds(job.if, { github })) return 'skipped';
  const own = job.environment === undefined ? {} : options.secrets(job.environment);
  const contexts: Contexts = { github, vars, secrets: { ...queued, ...own } };
  try {
    if (job.container) {
      const { image, credentials } = job.container;
      const password = check.interpolated(credentials.password, contexts);
      if (password === '') throw new Error("The template is not valid. Unexpected value ''");
      await options.pull(image, { username: credentials.username, password });
    }
    for (const { run, env = {} } of job.steps) {
      if (!run?.includes('npx')) continue;
      const words = wordsOf(check.interpolated(run, contexts), github.repository);
      const values = Object.entries(env).map(([name, value]) => [name, check.interpolated(value, contexts)] as const);
      const code = await options.lading(words, { ...Object.fromEntries(values), GITHUB_REPOSITORY: github.repository });
      if (code !== 0) throw new Error(`exit code ${code}`);
    }
    return 'success';
  } catch (error) {
    return `failure: ${(error as Error).message}`;
  }
}

/** What bash hands to `npx --yes lading@…`. */
function wordsOf(script: string, repository: string): readonly string[] {
  const out = execFileSync('bash', ['--norc', '-euc', `npx() { printf '%s\\0' "\${@:3}"; }\n${script}`], {
    encoding: 'utf8',
    env: { GITHUB_REPOSITORY: repository },
  });
  return out.split('\0').slice(0, -1);
}
