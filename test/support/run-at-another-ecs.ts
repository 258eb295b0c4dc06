import type { VirtualClock } from '../../src/base/clock.js';
import { virtualClock } from '../../src/base/clock.js';
import { LadingError } from '../../src/base/errors.js';
import type { ReportEvent } from '../../src/base/tell/report.js';
import { ecsApi } from '../../src/ecs/api.js';
import { asTheService } from '../../src/ecs/task/run/launch.js';
import type { RunResult } from '../../src/ecs/task/run/result.js';
import { runTask } from '../../src/ecs/task/run/run.js';
import type { RunRequest } from '../../src/ecs/task/run/running.js';
import { apiOf } from './deploy-at-another-ecs.js';
import type { Errs } from './ecs/errs/errs.js';
import type { Ecs } from './ecs/open.js';
import { openEcs } from './ecs/open.js';
import type { Behaviour, Rollout } from './ecs/rollouts/rollout.js';

export interface RunTold {
  readonly exitCode: number;
  readonly result: RunResult | undefined;
  readonly error: LadingError | undefined;
  /** Lines as they were shown. */
  readonly lines: readonly string[];
  /** Tasks that RunTask has begun, whoever knows of them. */
  readonly begun: number;
}

const request: RunRequest = {
  name: 'migrate',
  cluster: 'production',
  like: { cluster: 'production', service: 'web' },
  startedBy: 'lading/migrate',
  images: [],
  definitionEnv: [],
  definition: undefined,
  container: undefined,
  command: ['node', 'migrate.js'],
  env: [],
  count: 1,
  launch: asTheService,
  when: 'always',
  wait: true,
  timeoutMs: 900_000,
  onCancel: 'stop',
  clientToken: undefined,
  commit: undefined,
  dryRun: false,
};

/** Runs a task once that behaves so, in memory and on a virtual clock; the ECS is the one of another author. */
export async function runAtAnotherEcs(
  behaviour: Behaviour,
  options: {
    readonly seed?: number;
    readonly errs?: Errs;
    readonly request?: Partial<RunRequest>;
    readonly service?: Rollout['service'];
  } = {},
): Promise<RunTold> {
  const clock = virtualClock();
  const { seed = 1, errs = {}, service } = options;
  const expected = { outcome: 'nothing', earlyStop: 'must not' } as const;
  const settings = { networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } } };
  const ecs = openEcs({
    clock,
    seed,
    errs,
    rollout: { name: 'run', runs: [behaviour], service: { settings, ...service }, expect: expected },
  });
  const events: ReportEvent[] = [];
  const { signal } = new AbortController();
  const context = {
    ecs: ecsApi(apiOf(ecs, 'ecs', clock, signal), { tries: 2 }),
    logs: () => apiOf(ecs, 'logs', clock, signal),
    clock,
    report: (event: ReportEvent) => void events.push(event),
    signal,
  };
  const told = async (result: RunResult | undefined, error?: LadingError): Promise<RunTold> => ({
    exitCode: error?.exitCode ?? 0,
    result: result ?? (error?.result as RunResult | undefined),
    error,
    lines: events.flatMap((event) => (event.type === 'line' ? [event.text] : [])),
    begun: await begunIn(ecs, clock),
  });
  try {
    return await told(await runTask({ ...request, ...options.request }, context));
  } catch (error) {
    if (!(error instanceof LadingError)) throw error;
    return await told(undefined, error);
  }
}

/** Once reads are no longer late or throttled. */
async function begunIn(ecs: Ecs, clock: VirtualClock): Promise<number> {
  clock.advance(300_000);
  const listed = await Promise.all(
    ['RUNNING', 'STOPPED'].map((desiredStatus) =>
      ecs.call('ecs', 'ListTasks', { cluster: 'production', startedBy: request.startedBy, desiredStatus }),
    ),
  );
  return listed.flatMap(({ taskArns }) => taskArns as string[]).length;
}
