import type { AwsError } from '../aws/failure.js';
import { isAwsFailure, isTransient } from '../aws/failure.js';
import { messageOf } from '../base/errors.js';

/** What one read came to. Only `seen` tells something of the far side; the rest tells why it does not. */
export type Seen<Value> =
  | { readonly is: 'seen'; readonly value: Value }
  /** It may go well the next time. */
  | { readonly is: 'unread'; readonly operation: string; readonly why: string }
  /** This role may not ask. */
  | { readonly is: 'denied'; readonly operation: string; readonly why: string }
  /** This ECS does not know the operation: an older partition, or an emulator. */
  | { readonly is: 'absent'; readonly operation: string; readonly why: string }
  /** Nobody asked. */
  | { readonly is: 'skipped' };

type Answered<Value> = Exclude<Seen<Value>, { is: 'skipped' }>;
type Closed = Extract<Seen<never>, { is: 'denied' | 'absent' }>;

export const skipped: Seen<never> = { is: 'skipped' };

/** An emulator answers what it does not know with a page; a load balancer does so, too, for a moment. */
const PAGES_UNTIL_ABSENT = 3;

/** How one read went. */
export interface Read {
  readonly operation: string;
  readonly is: Exclude<Seen<never>['is'], 'skipped'>;
  readonly why: string;
}

export interface Reader {
  /** Never rejects for what may pass, for a denial, or for an operation that is not known; for anything else it does. */
  read<Value>(operation: string, ask: () => Promise<Value>): Promise<Seen<Value>>;
  /** The reads since it was last asked. */
  take(): readonly Read[];
}

/** Remembers what is denied or absent, and asks for it no more. */
export function createReader(): Reader {
  const closed = new Map<string, Closed>();
  const webPages = new Map<string, number>();
  let reads: Read[] = [];

  async function look<Value>(operation: string, ask: () => Promise<Value>): Promise<Answered<Value>> {
    const known = closed.get(operation);
    if (known) return known;
    try {
      const value = await ask();
      webPages.delete(operation);
      return { is: 'seen', value };
    } catch (error) {
      const why = messageOf(error);
      if (isDenied(error)) return close({ is: 'denied', operation, why });
      if (isUnknownOperation(error)) return close({ is: 'absent', operation, why });
      if (!isWebPage(error)) {
        if (isTransient(error)) return { is: 'unread', operation, why };
        throw error;
      }
      const count = (webPages.get(operation) ?? 0) + 1;
      webPages.set(operation, count);
      if (count < PAGES_UNTIL_ABSENT) return { is: 'unread', operation, why };
      return close({ is: 'absent', operation, why: 'it answers with a web page' });
    }
  }

  return {
    async read(operation, ask) {
      const seen = await look(operation, ask);
      reads.push({ operation, is: seen.is, why: seen.is === 'seen' ? '' : seen.why });
      return seen;
    },
    take() {
      const taken = reads;
      reads = [];
      return taken;
    },
  };

  function close(seen: Closed): Closed {
    closed.set(seen.operation, seen);
    return seen;
  }
}

/** Access is denied; not that the credentials are wrong or have expired. */
export function isDenied(error: unknown): error is AwsError {
  return isAwsFailure(error, 'denied');
}

export function isUnknownOperation(error: unknown): boolean {
  return isAwsFailure(error, 'unknown-operation');
}

function isWebPage(error: unknown): boolean {
  return isAwsFailure(error, 'not-aws') && error.status === 500;
}

/** Credentials have run out in the middle: who comes again with fresh ones may go on. */
export function isExpired(error: unknown): error is AwsError {
  return isAwsFailure(error, 'expired');
}
