/** What the emulated API says to one request. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request after its path was taken apart; each segment is decoded. */
export interface Request {
  readonly method: string;
  /** As it was sent, without the query. */
  readonly path: string;
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>> | undefined;
  readonly token: string | undefined;
}

const documentation = 'https://docs.github.com/rest';

export function json(status: number, body: unknown): Answer {
  return { status, body };
}

export const noContent: Answer = { status: 204 };

export function refusal(status: number, message: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers, body: { message, documentation_url: documentation, status: String(status) } };
}

export const notFound = refusal(404, 'Not Found');

/** GitHub's times have no fractions. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}
