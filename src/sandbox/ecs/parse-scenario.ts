import * as v from 'valibot';
import { InputError } from '../../base/errors.js';
import type { Scenario } from './scenario-shape.js';

const stopCode = v.picklist([
  'TaskFailedToStart',
  'EssentialContainerExited',
  'ServiceSchedulerInitiated',
  'UserInitiated',
  'SpotInterruption',
]);

const event = v.strictObject({
  at: v.pipe(v.number(), v.minValue(0)),
  running: v.optional(v.number()),
  pending: v.optional(v.number()),
  stop: v.optional(
    v.strictObject({
      stopCode,
      stoppedReason: v.string(),
      exitCode: v.optional(v.number()),
      reason: v.optional(v.string()),
      logs: v.optional(v.array(v.string())),
    }),
  ),
  times: v.optional(v.number()),
  stage: v.optional(v.string()),
  status: v.optional(v.string()),
  reason: v.optional(v.string()),
  failures: v.optional(v.number()),
  event: v.optional(v.string()),
  manyEvents: v.optional(v.number()),
  alarm: v.optional(v.string()),
  hook: v.optional(v.strictObject({ hookId: v.string(), status: v.string(), targetArn: v.optional(v.string()) })),
  supersede: v.optional(v.boolean()),
  weight: v.optional(v.number()),
});

const scenario = v.strictObject({
  name: v.optional(v.string(), 'file'),
  claims: v.optional(v.string(), ''),
  events: v.array(event),
  rollback: v.optional(v.strictObject({ seconds: v.number(), fails: v.optional(v.boolean()) })),
  noSource: v.optional(v.boolean()),
  faults: v.optional(
    v.array(
      v.strictObject({
        operations: v.array(v.string()),
        type: v.string(),
        message: v.optional(v.string()),
        until: v.number(),
      }),
    ),
  ),
  staleReads: v.optional(v.number()),
  task: v.optional(
    v.strictObject({
      runs: v.optional(v.number()),
      stops: v.number(),
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
    }),
  ),
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
