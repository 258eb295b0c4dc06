import { oneLine } from './tell/printable.js';

/**
 * What kind of end a run came to. Each has one exit code, the contract of the command line.
 */
export const exitCodes = {
  bug: 1,
  input: 2,
  credentials: 3,
  remote: 4,
  'deploy-failed': 5,
  tool: 6,
  timeout: 7,
  superseded: 8,
  paused: 9,
  changes: 10,
  cancelled: 130,
} as const;

export type ErrorKind = keyof typeof exitCodes;

export interface ErrorOptions {
  /** Stable, for programs: upper case with underscores, as `TAG_IMMUTABLE`. */
  readonly code: string;
  /** One imperative sentence: what to do about it. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
  /** Facts that `--json` shows beside the message. Never a secret. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  /** What the verb had come to when it failed: `--json` shows it, and an action sets its outputs from it. */
  readonly result?: unknown;
}

/** A failure that the user can do something about. Anything else that is thrown is a bug of ours. */
export class LadingError extends Error {
  override readonly name: string = 'LadingError';
  readonly kind: ErrorKind;
  readonly code: string;
  readonly hint: string | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;
  /** Only there when the verb had come to something. */
  declare readonly result?: unknown;

  constructor(kind: ErrorKind, message: string, options: ErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.code = options.code;
    this.hint = options.hint;
    this.details = options.details;
    if (options.result !== undefined) this.result = options.result;
  }

  get exitCode(): number {
    return exitCodes[this.kind];
  }
}

/** One mistake in what the user gave us. */
export interface InputIssue {
  /** Where it stands: `--platform`, `LADING_PLATFORM` or `lading.yml:4:7`. */
  readonly where: string;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** All mistakes of one input at once. */
export class InputError extends LadingError {
  override readonly name = 'InputError';
  readonly issues: readonly InputIssue[];

  constructor(issues: readonly InputIssue[] | InputIssue, code = 'INVALID_INPUT') {
    const list = 'where' in issues ? [issues] : issues;
    const first = list[0];
    super('input', list.map((issue) => `${issue.where}: ${issue.message}`).join('\n'), {
      code,
      hint: list.length === 1 ? first?.hint : undefined,
      details: { issues: list },
    });
    this.issues = list;
  }
}

/** A failure as data: what `--json` prints, and what stands in a result beside the parts that ended well. */
export interface ErrorData {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
  /** Of an `InputError`. */
  readonly issues?: readonly InputIssue[] | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

export function errorData(error: LadingError): ErrorData {
  const { kind, code, message, hint, details } = error;
  return error instanceof InputError
    ? { kind, code, message, hint, issues: error.issues }
    : { kind, code, message, hint, details };
}

/** An answer of a server that we could not go on with. */
export class HttpError extends LadingError {
  override readonly name = 'HttpError';
  readonly status: number | undefined;

  constructor(message: string, options: ErrorOptions & { readonly status?: number; readonly kind?: ErrorKind }) {
    super(options.kind ?? 'remote', message, options);
    this.status = options.status;
  }
}

/** A program that we ran ended badly. */
export class ToolError extends LadingError {
  override readonly name = 'ToolError';
}

/** The same failure with what the verb had come to. */
export function withResult(error: LadingError, result: unknown, hint = error.hint): LadingError {
  const { kind, code, details, message } = error;
  return new LadingError(kind, message, { code, hint, details, cause: error, result });
}

/** The run was cancelled by its signal. */
export function cancelled(what: string, hint?: string): LadingError {
  return new LadingError('cancelled', `${what}: cancelled`, { code: 'CANCELLED', hint });
}

/** The text of anything that was thrown, on one line. */
export function messageOf(error: unknown): string {
  if (error instanceof Error) {
    const code = (error as NodeJS.ErrnoException).code;
    const text = error.message || code || error.name;
    return oneLine(text);
  }
  return String(error);
}

/** Node's error code (`ENOENT`, `ECONNRESET`), looked for along the chain of causes. */
export function errnoOf(error: unknown): string | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 6; at = at.cause, depth++) {
    const code = (at as NodeJS.ErrnoException).code;
    if (typeof code === 'string' && /^E[A-Z_]+$/.test(code)) return code;
  }
  return undefined;
}
