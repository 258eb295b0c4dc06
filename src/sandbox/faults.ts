/** Something that goes wrong on purpose. */
export interface Fault {
  /** `ecs`, `ecr`, `logs` or `registry`; any when left out. */
  readonly service?: string;
  /** An operation, or for the registry a text that method and path contain, as `PUT /v2/app/blobs`. Any when left out. */
  readonly operation?: string;
  /** How many calls it hits; 1 when left out. */
  readonly times?: number;
  readonly status?: number;
  readonly type?: string;
  readonly message?: string;
  /** Seconds for a `Retry-After` header. */
  readonly retryAfter?: number;
  /** Cut the connection. */
  readonly reset?: boolean;
  /** Do what was asked, and cut the connection before the answer. */
  readonly lost?: boolean;
  readonly delayMs?: number;
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
