import { randomUUID } from 'node:crypto';
import { AwsError } from '../../../aws/failure.js';
import { cancelled, InputError, LadingError, withResult } from '../../../base/errors.js';
import { say, withTask } from '../../../base/tell/report.js';
import { clusterMissing } from '../../api.js';
import { revisionOf } from '../../definition/read.js';
import { registerRevision } from '../../definition/register.js';
import { patienceUntil } from '../../rollout/patience.js';
import type { EcsContext } from '../../rollout/run.js';
import type { RunAnswer } from '../../shapes.js';
import { failureOf } from './conclude.js';
import { placementFailures } from './failures.js';
import { planRun } from './plan.js';
import { readRunPresent } from './present.js';
import type { RunResult } from './result.js';
import type { Running, RunRequest } from './running.js';
import { ranTask, resultOfRun } from './running.js';
import { explainPlacement } from './verdict.js';
import { watchRun } from './watch.js';

/** Plans, registers a revision when there is none like it, starts the task once, and follows it to its end. */
export async function runTask(request: RunRequest, context: EcsContext): Promise<RunResult> {
  const { ecs, clock, report } = context;
  const started = clock.now();
  const deadline = started + request.timeoutMs;
  const patience = patienceUntil(deadline, context);
  const { like, definition, images, definitionEnv } = request;
  const changes = images.length > 0 || definitionEnv.length > 0 || definition !== undefined;
  const present = await readRunPresent(ecs, { like, definition, changes }, patience);
  const plan = planRun(request, present);
  const run = { request, context, plan, patience, started, deadline };
  if (request.when === 'changed' && plan.isDeployed) {
    say(report, 'info', `${request.name} is not run: the service runs this revision already.`);
    return resultOfRun(run, 'unchanged');
  }
  if (request.dryRun) return resultOfRun(run, 'planned');
  for (const note of plan.notes) say(report, 'info', note);
  return withTask(context, `Run ${request.name}`, async (task) => {
    const result = await carryOut(run);
    if (result.exitCode !== undefined) task.detail(`exit code ${result.exitCode}`);
    return result;
  });
}

async function carryOut(run: Running): Promise<RunResult> {
  const { request, context, plan, patience } = run;
  const registered = plan.taskDefinition === undefined;
  const taskDefinition =
    plan.taskDefinition ?? (await registerRevision(plan.definition, request.commit, { ...context, patience }));
  const answer = await begin(run, { taskDefinition, registered });
  const failures = placementFailures(answer);
  const tasks = answer.tasks.map((task) => ranTask(task, run));
  const begun = { taskDefinition, registered, tasks, failures };
  const { count, name, timeoutMs } = request;
  if (tasks.length === 0 || (!request.wait && failures.length > 0)) {
    throw failureOf(run, explainPlacement({ name, count, failures, timeoutMs, bad: [], look: '' }), begun);
  }
  const ids = tasks.map(({ arn }) => arn.slice(arn.lastIndexOf('/') + 1)).join(', ');
  say(context.report, 'info', `${name}: task ${ids} of ${revisionOf(taskDefinition)} has begun.`);
  return request.wait ? watchRun(run, answer.tasks, begun) : resultOfRun(run, 'started', begun);
}

/** How long a call that is under way may take when the run is cancelled: what it began can be told then, or stopped. */
const GRACE_MS = 5000;

async function outliving<Value>(
  { clock, signal }: Pick<EcsContext, 'clock' | 'signal'>,
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  if (signal.aborted) throw cancelled('RunTask');
  const late = new AbortController();
  const over = new AbortController();
  const leave = () => {
    void clock.sleep(GRACE_MS, over.signal).then(
      () => late.abort(),
      () => undefined,
    );
  };
  signal.addEventListener('abort', leave, { once: true });
  try {
    return await work(late.signal);
  } finally {
    signal.removeEventListener('abort', leave);
    over.abort();
  }
}

/** With a client token an answer that is lost does no harm: ECS answers with the same tasks again. */
async function begin(run: Running, revision: { readonly taskDefinition: string; readonly registered: boolean }) {
  const { request, context, plan, patience } = run;
  const { taskDefinition, registered } = revision;
  const input = { ...plan.input, taskDefinition, clientToken: request.clientToken ?? randomUUID() };
  try {
    return await patience.until('RunTask', (): Promise<RunAnswer> =>
      outliving(context, (signal) => context.ecs.run(input, signal)),
    );
  } catch (error) {
    // Nobody will run the revision that was made for this. A wait that was cancelled may have begun something.
    const isOver = error instanceof LadingError && error.kind !== 'cancelled' && error.kind !== 'timeout';
    if (registered && isOver) await context.ecs.deregister(taskDefinition).catch(() => undefined);
    const known = clusterMissing(error, request.cluster, context.ecs.region) ?? tokenTaken(error, request) ?? error;
    throw known instanceof LadingError
      ? withResult(known, resultOfRun(run, isOver ? 'not-started' : 'unknown', revision))
      : known;
  }
}

function tokenTaken(error: unknown, { clientToken }: RunRequest): InputError | undefined {
  if (!(error instanceof AwsError) || error.type !== 'ConflictException' || clientToken === undefined) return undefined;
  const message = `${JSON.stringify(clientToken)} stands for another task already`;
  return new InputError({ where: '--client-token', message, hint: 'Use another one: the task is not the same.' });
}
