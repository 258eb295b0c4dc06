import * as v from 'valibot';
import { InputError } from '../base/errors.js';

const natural = v.pipe(v.number(), v.integer(), v.minValue(0));

const shape = v.strictObject({
  service: v.optional(v.string()),
  operation: v.optional(v.string()),
  times: v.optional(v.pipe(natural, v.minValue(1))),
  status: v.optional(v.pipe(natural, v.minValue(400), v.maxValue(599))),
  type: v.optional(v.string()),
  message: v.optional(v.string()),
  retryAfter: v.optional(natural),
  reset: v.optional(v.boolean()),
  lost: v.optional(v.boolean()),
  delayMs: v.optional(v.pipe(natural, v.maxValue(600_000))),
});

/** Something that goes wrong on purpose. */
export interface Fault {
  /** `ecs`, `ecr`, `logs`, `sts` or `registry`; any when left out. */
  readonly service?: string | undefined;
  /** An operation, or for the registry a text that method and path contain, as `PUT /v2/app/blobs`. Any when left out. */
  readonly operation?: string | undefined;
  /** How many calls it hits; 1 when left out. */
  readonly times?: number | undefined;
  readonly status?: number | undefined;
  readonly type?: string | undefined;
  readonly message?: string | undefined;
  /** Seconds for a `Retry-After` header. */
  readonly retryAfter?: number | undefined;
  /** Cut the connection. */
  readonly reset?: boolean | undefined;
  /** Do what was asked, and cut the connection before the answer. */
  readonly lost?: boolean | undefined;
  readonly delayMs?: number | undefined;
}

export interface FaultQueue {
  inject(fault: Fault): void;
  take(call: { readonly service: string; readonly operation: string }): Fault | undefined;
}

/** Faults are used up in the order in which they were injected. */
export function createFaults(): FaultQueue {
  const waiting: { readonly fault: Fault; left: number }[] = [];
  return {
    inject(fault) {
      waiting.push({ fault, left: fault.times ?? 1 });
    },
    take({ service, operation }) {
      const found = waiting.find(
        ({ fault, left }) =>
          left > 0 &&
          (fault.service === undefined || fault.service === service) &&
          (fault.operation === undefined ||
            (service === 'registry' ? operation.includes(fault.operation) : fault.operation === operation)),
      );
      if (found) found.left--;
      return found?.fault;
    },
  };
}

/** A fault that came as JSON. Throws an `InputError` with all that is wrong in it. */
export function readFault(value: unknown): Fault {
  const result = v.safeParse(shape, Array.isArray(value) ? undefined : value);
  const where = 'the fault';
  if (!result.success)
    throw new InputError(
      result.issues.map((issue) => ({ where: v.getDotPath(issue) ?? where, message: issue.message })),
    );
  const { status, type, reset, lost, delayMs } = result.output;
  if (status === undefined && type === undefined && !reset && !lost && delayMs === undefined)
    throw new InputError({ where, message: 'one of status, type, reset, lost and delayMs says what goes wrong' });
  return result.output;
}
