/** What the emulated API says to one request. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request after its path was taken apart; each segment is decoded. */
export interface Request {
  readonly method: string;
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

/** One page of a listing, as `per_page` and `page` ask. */
export function pageOf<Item>(items: readonly Item[], query: URLSearchParams): readonly Item[] {
  const size = Math.min(100, Number(query.get('per_page') ?? 30));
  const page = Number(query.get('page') ?? 1);
  return items.slice((page - 1) * size, page * size);
}

/** GitHub's times have no fractions. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}
