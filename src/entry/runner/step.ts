import type { Command } from '../../base/declare/command.js';
import type { Compat } from '../../base/declare/compat.js';
import type { Inputs } from '../../base/declare/input.js';
import { printable } from '../../base/tell/printable.js';
import { createRedactor } from '../../base/tell/redact.js';
import type { Report } from '../../base/tell/report.js';
import { say } from '../../base/tell/report.js';
import { annotation, harmless } from '../../report/escape/workflow-command.js';
import { githubSink } from '../../report/github.js';
import { openJobSummary } from '../../report/job-summary.js';
import { commonInputs } from '../inputs/arguments.js';
import { wholeShape } from '../inputs/file/whole-shape.js';
import { exitCodeOf, viewError } from '../run/describe-error.js';
import { heeding } from '../run/heed.js';
import type { Ended } from '../run/run-command.js';
import type { Patience } from '../run/patience.js';
import { createPatience } from '../run/patience.js';
import { runCommand } from '../run/run-command.js';
import { readSettings } from '../run/settings.js';
import { namingInputs } from './action-names.js';
import { keepState, leaveEffects } from './leave-effects.js';
import { setOutput } from './runner-files.js';
import type { Runner } from './runner.js';
import { readStepInputs } from './step-inputs.js';

/** The runner sends SIGINT, and SIGTERM after 7.5 seconds: by then we are gone. */
const PATIENCE_MS = 6500;

/** Inputs that every action has, beside those of its verb. */
export const actionInputs: Inputs = (({ config, cwd, environment, page, quiet, verbose, timeout }) => ({
  config,
  cwd,
  environment,
  page,
  quiet,
  verbose,
  timeout,
}))(commonInputs);

/** A verb as one step of a job, under its own names or those of another action. Returns the exit code. */
export async function runStep(
  command: Command<Inputs, unknown>,
  runner: Runner,
  compat?: Compat<unknown>,
): Promise<number> {
  // Errors come past the sinks: what was masked during the run is hidden in them, too.
  const redactor = createRedactor();
  try {
    const patience = createPatience(PATIENCE_MS);
    const work = runVerb(command, { runner, compat, patience, onMask: (secret) => redactor.add(secret) });
    const { signal, escaped } = runner;
    return await heeding(work, command.name, { signal, escaped, patience: patience.ms });
  } catch (error) {
    return failStep(error, command, { runner, compat, redact: (text) => redactor.redact(text) });
  }
}

interface Step {
  readonly runner: Runner;
  readonly compat: Compat<unknown> | undefined;
}

async function runVerb(
  command: Command<Inputs, unknown>,
  step: Step & { readonly patience: Patience; readonly onMask: (secret: string) => void },
): Promise<number> {
  const { runner, compat, patience } = step;
  const { env } = runner;
  const inputs = { ...actionInputs, ...command.inputs };
  const { given, defaults, issues, ignored } = await readStepInputs(env, inputs, compat);
  const foreign = Object.entries(compat?.inputs ?? {});
  const nameOf = (name: string) => `input ${foreign.find(([, to]) => 'to' in to && to.to === name)?.[0] ?? name}`;
  const settings = await readSettings(actionInputs, { command, given, nameOf, env, cwd: runner.cwd });
  const sink = githubSink({
    quiet: settings.quiet,
    verbose: settings.verbose ?? env.RUNNER_DEBUG === '1',
    write: runner.write,
    summary: openJobSummary(env),
  });
  const named = (sentence: string) => namingInputs(sentence, command.inputs);
  const report: Report = (event) => {
    if (event.type === 'mask') step.onMask(event.value);
    if (event.type !== 'message') sink.report(event);
    else sink.report({ ...event, text: named(event.text), hint: event.hint && named(event.hint) });
  };
  for (const text of ignored) say(report, 'info', text);
  try {
    return await runCommand({
      ...settings,
      command,
      given: new Map([...given].filter(([name]) => Object.hasOwn(command.inputs, name))),
      defaults,
      issues: [...issues, ...settings.issues],
      nameOf,
      env,
      signal: runner.signal,
      clock: runner.clock,
      sink: report,
      wholeShape,
      patience,
      onResult(result, ended) {
        sink.close();
        finishStep(command, result, { ...step, ...ended });
      },
    });
  } finally {
    sink.close();
  }
}

function finishStep(command: Command<Inputs, unknown>, result: unknown, step: Step & Ended): void {
  const { effects, redact, runner } = step;
  leaveEffects(command, result, { effects, env: runner.env });
  setOutputs(command, result, step);
  const text = (command.stepText ?? command.text)?.(result);
  if (text) runner.write(`${harmless(printable(redact(text)))}\n`);
}

/** The one place where the failure of a step is shown. */
function failStep(
  error: unknown,
  command: Command<Inputs, unknown>,
  step: Step & { readonly redact: (text: string) => string },
): number {
  const { runner, redact } = step;
  const view = viewError(error, runner.signal);
  if (error instanceof Error && 'result' in error) {
    setOutputs(command, error.result, step);
    keepState(command, error.result, { variables: new Map(), env: runner.env });
  }
  if (view.stack) runner.write(`${harmless(printable(redact(view.stack)))}\n`);
  const hints = view.issues ? view.issues.flatMap((issue) => issue.hint ?? []) : view.hint ? [view.hint] : [];
  const named = (sentence: string) => namingInputs(sentence, command.inputs);
  const text = redact([named(view.message), ...hints.map((hint) => `fix: ${named(hint)}`)].join('\n'));
  const title = `lading ${command.name}`;
  runner.write(`${annotation({ level: 'error', title, text })}\n`);
  openJobSummary(runner.env)?.append({
    title: `${title}: ${view.kind}`,
    blocks: [{ type: 'note', level: 'error', text }],
  });
  return exitCodeOf(view);
}

function setOutputs(
  command: Command<Inputs, unknown>,
  result: unknown,
  { runner, compat, redact }: Step & { readonly redact: (text: string) => string },
): void {
  for (const [name, output] of Object.entries({ ...command.outputs, ...compat?.outputs })) {
    const value = output.of(result);
    if (value !== undefined) setOutput(runner.env, name, redact(String(value)));
  }
}
