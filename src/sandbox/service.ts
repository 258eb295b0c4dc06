/** An error that an AWS API answers with, in its own shape. */
export class AwsFault extends Error {
  readonly type: string;
  readonly status: number;

  constructor(type: string, message: string, status = 400) {
    super(message);
    this.type = type;
    this.status = status;
  }
}

/** Who signed a call. */
export interface Caller {
  readonly arn: string;
  readonly userId: string;
}

/** Without a caller the call came from within this process. */
export type Operation = (input: Readonly<Record<string, unknown>>, caller?: Caller) => unknown;

/** One emulated AWS API: its operations by name. Timestamps in answers are epoch seconds. */
export interface EmulatedService {
  readonly name: string;
  readonly operations: Readonly<Record<string, Operation>>;
}

/** What all emulated services share. */
export interface Setting {
  readonly clock: { now(): number };
  readonly region: string;
  /** 12 digits. */
  readonly accountId: string;
  /** At most so many entries in a page of a read, whatever the caller asks for. */
  readonly pageSize?: number | undefined;
}

/** One call as it was answered; the sandbox keeps them in order. */
export interface JournalEntry {
  /** Milliseconds by the sandbox's clock. */
  readonly at: number;
  readonly service: string;
  readonly operation: string;
  readonly input: unknown;
  /** The answer, or the fault's type and message. */
  readonly output?: unknown;
  readonly fault?: { readonly type: string; readonly message: string };
  /** It went on to moto: what that answered is not kept. */
  readonly passedOn?: boolean;
}
