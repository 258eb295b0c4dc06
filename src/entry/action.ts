import { resolve } from 'node:path';
import type { Command } from '../base/command.js';
import type { Environment } from '../base/context.js';
import { InputError } from '../base/errors.js';
import type { Inputs } from '../base/input.js';
import { createRedactor } from '../base/redact.js';
import type { Report } from '../base/report.js';
import { commandTable } from '../commands/index.js';
import { printable } from '../base/printable.js';
import { annotation, harmless } from '../report/escape/workflow-command.js';
import { githubSink } from '../report/github.js';
import { openJobSummary } from '../report/job-summary.js';
import { commonInputs } from './inputs/arguments.js';
import { namingInputs } from './runner/action-names.js';
import { exitCodeOf, viewError } from './run/describe-error.js';
import { heeding } from './run/heed.js';
import { fileShape } from './inputs/file/whole-shape.js';
import { runCommand } from './run/run-command.js';
import { readActionInputs, setOutput } from './runner/runner-files.js';
import { resolveValues } from './inputs/values.js';

export interface Runner {
  readonly env: Environment;
  readonly cwd: string;
  readonly signal: AbortSignal;
  /** Rejects with a failure that nobody waited for. */
  readonly escaped?: Promise<never>;
  readonly write: (text: string) => void;
}

/** The runner sends SIGINT, and SIGTERM after 7.5 seconds: by then we are gone. */
const PATIENCE_MS = 6500;

/** Inputs that every action has, beside those of its verb. */
export const actionInputs: Inputs = (({ config, cwd, environment, quiet, verbose, timeout }) => ({
  config,
  cwd,
  environment,
  quiet,
  verbose,
  timeout,
}))(commonInputs);

/** One step of a job. Returns its exit code instead of exiting. */
export async function runAction(verb: string, runner: Runner): Promise<number> {
  const redactor = createRedactor();
  const shown = (text: string) => redactor.redact(text);
  let command: Command<Inputs, unknown> | undefined;
  try {
    const entry = commandTable.find((candidate) => candidate.name === verb);
    if (!entry) throw new InputError({ where: verb, message: 'is not a verb of lading' });
    command = await entry.load();
    const work = runVerb(command, runner, (secret) => redactor.add(secret));
    const { signal, escaped } = runner;
    return await heeding(work, verb, { signal, escaped, patienceMs: PATIENCE_MS });
  } catch (error) {
    const view = viewError(error, runner.signal);
    if (error instanceof Error && 'result' in error && command) setOutputs(command, error.result, runner, shown);
    if (view.stack) runner.write(`${harmless(printable(shown(view.stack)))}\n`);
    const hints = view.issues ? view.issues.flatMap((issue) => issue.hint ?? []) : view.hint ? [view.hint] : [];
    const named = (sentence: string) => namingInputs(sentence, command?.inputs ?? {});
    const text = shown([named(view.message), ...hints.map((hint) => `fix: ${named(hint)}`)].join('\n'));
    const title = `lading ${verb}`;
    runner.write(`${annotation({ level: 'error', title, text })}\n`);
    openJobSummary(runner.env)?.append({
      title: `${title}: ${view.kind}`,
      blocks: [{ type: 'note', level: 'error', text }],
    });
    return exitCodeOf(view);
  }
}

async function runVerb(
  command: Command<Inputs, unknown>,
  runner: Runner,
  onMask: (secret: string) => void,
): Promise<number> {
  const { env, cwd } = runner;
  const { given, issues } = await readActionInputs(env, { ...actionInputs, ...command.inputs });
  const nameOf = (name: string) => `input ${name}`;
  const shared = Object.fromEntries(
    Object.entries(actionInputs).filter(([name]) => !Object.hasOwn(command.inputs, name)),
  );
  const common = await resolveValues(shared, { given, nameOf, env, file: undefined, cwd, command: command.name });
  const settings = common.values as {
    readonly config?: string;
    readonly cwd?: string;
    readonly environment?: string;
    readonly quiet?: boolean;
    readonly verbose?: boolean;
    readonly timeout?: number;
  };
  const sink = githubSink({
    quiet: settings.quiet ?? false,
    verbose: settings.verbose ?? env.RUNNER_DEBUG === '1',
    write: runner.write,
    summary: openJobSummary(env),
  });
  const named = (sentence: string) => namingInputs(sentence, command.inputs);
  const report: Report = (event) => {
    if (event.type === 'mask') onMask(event.value);
    if (event.type !== 'message') sink.report(event);
    else sink.report({ ...event, text: named(event.text), hint: event.hint && named(event.hint) });
  };
  try {
    return await runCommand({
      command,
      given: new Map([...given].filter(([name]) => Object.hasOwn(command.inputs, name))),
      issues: [...issues, ...common.issues],
      nameOf,
      env,
      cwd: settings.cwd ? resolve(cwd, settings.cwd) : cwd,
      config: settings.config,
      environment: settings.environment
        ? { name: settings.environment, where: common.origins.where('environment') }
        : undefined,
      signal: runner.signal,
      sink: report,
      timeout: Object.hasOwn(command.inputs, 'timeout') ? undefined : settings.timeout,
      fileShape,
      onResult(result, redact) {
        sink.close();
        setOutputs(command, result, runner, redact);
        const text = command.text?.(result);
        if (text) runner.write(`${harmless(printable(redact(text)))}\n`);
      },
    });
  } finally {
    sink.close();
  }
}

function setOutputs(
  command: Command<Inputs, unknown>,
  result: unknown,
  runner: Runner,
  redact: (text: string) => string,
): void {
  for (const [name, output] of Object.entries(command.outputs ?? {})) {
    const value = output.of(result);
    if (value !== undefined) setOutput(runner.env, name, redact(String(value)));
  }
}
