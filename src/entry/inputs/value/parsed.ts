import type { InputIssue } from '../../../base/errors.js';

/** What became of what was given. The value means something only when there are no issues. */
export interface Parsed {
  readonly value: unknown;
  readonly issues: readonly InputIssue[];
}

export function right(value: unknown): Parsed {
  return { value, issues: [] };
}

export function wrong({ where }: { readonly where: string }, message: string, hint?: string): Parsed {
  return { value: undefined, issues: [{ where, message, hint }] };
}

/** One value of many, or the mistakes of all. */
export function collect<Item>(parts: readonly Parsed[], value: (values: readonly Item[]) => unknown): Parsed {
  const issues = parts.flatMap((part) => part.issues);
  return { value: issues.length > 0 ? undefined : value(parts.map((part) => part.value as Item)), issues };
}
