import { LadingError, withResult } from '../base/errors.js';
import type { Context } from '../base/context.js';
import { withTask } from '../base/tell/report.js';
import type { Counts, TerraformEvent } from './event.js';
import type { StackPlan } from './plan/plan.js';
import { parsePlan } from './plan/plan.js';
import type { OpenStack, TerraformContext } from './run.js';
import { runTerraform } from './run.js';

export interface PlanOptions {
  /** File that the plan is saved to: with values of the stack in it, also secret ones. */
  readonly file: string;
  /** Of everything that there is. */
  readonly destroy?: boolean;
  /** False: no lock is taken, so that who may only read can plan. */
  readonly lock: boolean;
  /** Milliseconds that a held lock is waited for. */
  readonly lockTimeout: number;
  /** Values besides those that the stack's folder has. */
  readonly variableFile?: string | undefined;
}

/** Plans to a file; that file and nothing else is what an apply does. */
export async function planStack(
  stack: OpenStack,
  options: PlanOptions,
  context: TerraformContext & Pick<Context, 'clock'>,
): Promise<StackPlan> {
  const { file, destroy, variableFile } = options;
  const args = [
    ...['plan', '-input=false', '-no-color', '-json', `-out=${file}`, ...lockArguments(options)],
    ...(destroy ? ['-destroy'] : []),
    ...(variableFile === undefined ? [] : [`-var-file=${variableFile}`]),
  ];
  await withTask(context, `Plan ${stack.name}`, () => runTerraform(stack, args, context));
  return readPlan(stack, file, context);
}

/** A plan that was saved before. */
export async function readPlan(stack: OpenStack, file: string, context: TerraformContext): Promise<StackPlan> {
  const text = await runTerraform(stack, ['show', '-json', '-no-color', file], context, { called: 'show' });
  return parsePlan(text, stack.name);
}

/** What an apply has done, also when it ended badly. */
export interface Applied {
  /** Addresses of what was made, changed or destroyed, in that order of time. */
  readonly done: readonly string[];
  readonly failed: readonly string[];
  /** Undefined when it did not come to an end. */
  readonly counts: Counts | undefined;
}

/** Applies a saved plan. A failure carries what was done until then: that much is in the state. */
export async function applyPlan(
  stack: OpenStack,
  plan: { readonly file: string; readonly resources: number; readonly destroy?: boolean },
  options: Pick<PlanOptions, 'lockTimeout'>,
  context: TerraformContext & Pick<Context, 'clock'>,
): Promise<Applied> {
  const done: string[] = [];
  const failed: string[] = [];
  let counts: Counts | undefined;
  const args = ['apply', '-input=false', '-no-color', '-json', ...lockArguments({ lock: true, ...options }), plan.file];
  return withTask(context, `${plan.destroy ? 'Destroy' : 'Apply'} ${stack.name}`, async (task) => {
    const onEvent = (event: TerraformEvent): void => {
      if (event.type === 'summary' && event.operation !== 'plan') counts = event.changes;
      if (event.type !== 'resource') return;
      if (event.state === 'done') done.push(event.address);
      if (event.state === 'failed') failed.push(event.address);
      task.progress(done.length, plan.resources, { unit: 'count', detail: event.address });
      context.report({ type: 'line', source: 'terraform', text: event.text });
    };
    try {
      await runTerraform(stack, args, context, { called: plan.destroy ? 'destroy' : 'apply', onEvent });
    } catch (error) {
      if (!(error instanceof LadingError)) throw error;
      throw withResult(error, { applied: { done, failed, counts } }, error.hint ?? restHint(error));
    }
    return { done, failed, counts };
  });
}

function restHint(error: LadingError): string | undefined {
  return error.kind === 'cancelled'
    ? 'Run it again: what was made is in the state. When the lock is held, the error says how to free it.'
    : undefined;
}

function lockArguments({ lock, lockTimeout }: Pick<PlanOptions, 'lock' | 'lockTimeout'>): readonly string[] {
  return lock ? [`-lock-timeout=${Math.ceil(lockTimeout / 1000)}s`] : ['-lock=false'];
}
