import * as v from 'valibot';
import { InputError } from '../../base/errors.js';
import type { Scenario } from './scenario-shape.js';

const seconds = v.pipe(v.number(), v.minValue(0));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const stopCode = v.picklist([
  'TaskFailedToStart',
  'EssentialContainerExited',
  'ServiceSchedulerInitiated',
  'UserInitiated',
  'SpotInterruption',
  'TerminationNotice',
]);

const taskEnd = v.strictObject({
  stopCode,
  stoppedReason: v.string(),
  exitCode: v.optional(v.number()),
  reason: v.optional(v.string()),
  logs: v.optional(v.array(v.string())),
  unhealthy: v.optional(v.string()),
});

const fate = v.strictObject({
  runs: v.optional(seconds),
  healthy: v.optional(seconds),
  stops: v.optional(seconds),
  end: v.optional(taskEnd),
  unplaced: v.optional(v.string()),
  times: v.optional(count),
});

const event = v.strictObject({
  at: seconds,
  running: v.optional(count),
  pending: v.optional(count),
  stop: v.optional(taskEnd),
  times: v.optional(count),
  stage: v.optional(v.string()),
  status: v.optional(v.string()),
  reason: v.optional(v.string()),
  failures: v.optional(count),
  event: v.optional(v.string()),
  manyEvents: v.optional(count),
  alarm: v.optional(v.string()),
  hook: v.optional(v.strictObject({ hookId: v.string(), status: v.string(), targetArn: v.optional(v.string()) })),
  supersede: v.optional(v.boolean()),
  weight: v.optional(v.number()),
  scale: v.optional(count),
  stopped: v.optional(v.boolean()),
  deleted: v.optional(v.boolean()),
  forgotten: v.optional(v.boolean()),
});

const fault = v.strictObject({
  operations: v.array(v.string()),
  type: v.string(),
  message: v.optional(v.string()),
  status: v.optional(v.number()),
  from: v.optional(seconds),
  until: seconds,
  before: v.optional(v.boolean()),
});

const oneOff = v.strictObject({
  runs: v.optional(seconds),
  stops: seconds,
  stopCode: v.optional(stopCode),
  stoppedReason: v.optional(v.string()),
  containers: v.optional(
    v.array(
      v.strictObject({
        exitCode: v.optional(v.number()),
        reason: v.optional(v.string()),
        logs: v.optional(v.array(v.string())),
      }),
    ),
  ),
  failure: v.optional(v.string()),
});

const scenario = v.strictObject({
  name: v.optional(v.string(), 'file'),
  claims: v.optional(v.string(), ''),
  events: v.optional(v.array(event), []),
  tasks: v.optional(v.array(fate)),
  configuration: v.optional(v.record(v.string(), v.unknown())),
  hooks: v.optional(v.record(v.string(), v.picklist(['SUCCEEDED', 'FAILED', 'TIMED_OUT']))),
  drains: v.optional(seconds),
  rollback: v.optional(v.strictObject({ seconds, fails: v.optional(v.boolean()) })),
  noSource: v.optional(v.boolean()),
  inFlight: v.optional(v.boolean()),
  earlier: v.optional(v.array(v.strictObject({ secondsAgo: seconds, event: v.string() }))),
  faults: v.optional(v.array(fault)),
  staleReads: v.optional(count),
  task: v.optional(oneOff),
});

/** A scenario as YAML or JSON. Every mistake is told, with its place. */
export async function parseScenario(text: string, file: string): Promise<Scenario> {
  const { parse } = await import('yaml');
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw new InputError({ where: file, message: `is not YAML: ${(error as Error).message}` });
  }
  const result = v.safeParse(scenario, value);
  if (result.success) return { ...result.output, events: [...result.output.events].sort((a, b) => a.at - b.at) };
  throw new InputError(
    result.issues.map((issue) => ({
      where: `${file} at ${v.getDotPath(issue) ?? 'its root'}`,
      message: issue.message,
    })),
  );
}
