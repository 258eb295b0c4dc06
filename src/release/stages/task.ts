import type { Context } from '../../base/context.js';
import type { ErrorData } from '../../base/errors.js';
import { errorData, InputError, LadingError, withResult } from '../../base/errors.js';
import type { LaunchRequest } from '../../ecs/task/run/launch.js';
import { asTheService } from '../../ecs/task/run/launch.js';
import type { RunOutcome, RunResult } from '../../ecs/task/run/result.js';
import { openEcs } from '../open-ecs.js';
import type { ReleaseTask } from '../release.js';
import type { ResolvedImage } from '../images/resolve-image.js';
import type { Definitions } from './definitions.js';

/** One task that runs once, past the boundary of text. */
export interface TaskOrder extends Omit<ReleaseTask, 'images'> {
  readonly images: readonly ResolvedImage[];
  readonly count: number;
  readonly launch: LaunchRequest;
  /** Follow it to its end. */
  readonly wait: boolean;
  readonly clientToken: string | undefined;
  readonly commit: string | undefined;
}

/** How one task of a release ended. */
export type TaskResult = Partial<Omit<RunResult, 'outcome' | 'cluster'>> & {
  readonly name: string;
  readonly cluster: string;
  /** `skipped`: something before it did not end well, so it was not run. */
  readonly outcome: RunOutcome | 'skipped';
  /** Why this one did not end well. */
  readonly error?: ErrorData;
};

/** As it is run in a release: one task, where its service runs, followed to its end. */
export function inRelease(task: ReleaseTask, images: readonly ResolvedImage[], commit: string | undefined): TaskOrder {
  return { ...task, images, commit, launch: asTheService, count: 1, wait: true, clientToken: undefined };
}

/** The failure is thrown with the result of the task. */
export async function runOrder(
  order: TaskOrder,
  { definitions, dryRun }: { readonly definitions: Definitions; readonly dryRun: boolean },
  context: Context,
): Promise<TaskResult> {
  const { name, cluster, like, definition } = order;
  const { runTask } = await import('../../ecs/task/run/run.js');
  try {
    const request = {
      ...order,
      like: like && { cluster: like.cluster, service: like.service },
      definition: definition.file === undefined ? undefined : definitions.get(definition.file),
      definitionEnv: definition.env,
      images: order.images.map(({ change }) => change),
      startedBy: startedBy(name),
      dryRun,
    };
    return { name, ...(await runTask(request, await openEcs(context, { region: order.region }))) };
  } catch (error) {
    if (!(error instanceof LadingError)) throw error;
    const placed = error instanceof InputError ? inPlace(error, order) : error;
    const known = error.result as RunResult | undefined;
    const outcome = known?.outcome ?? 'not-started';
    const result: TaskResult = { name, cluster, ...known, outcome, error: errorData(placed) };
    throw withResult(placed, result);
  }
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html: 128 letters, digits, - / and _. */
function startedBy(name: string): string {
  return `lading/${name.replace(/[^A-Za-z0-9/_-]/g, '-')}`.slice(0, 128);
}

const FIELDS: Readonly<Record<string, string>> = {
  '--image': 'image',
  '--container': 'container',
  '--command': 'command',
  '--env': 'env',
};

/** What the plan finds wrong stands where the task was written. */
function inPlace(error: InputError, { where }: TaskOrder): InputError {
  const issues = error.issues.map((issue) => {
    const field = FIELDS[issue.where];
    return field === undefined ? issue : { ...issue, where: where(field) };
  });
  return new InputError(issues, error.code);
}
