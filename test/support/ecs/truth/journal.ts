import type { Json } from '../engine/state.js';

/** One call, as it was received and answered. */
export interface JournalEntry {
  /** When it was answered, in milliseconds since 1970. */
  readonly at: number;
  readonly service: string;
  readonly operation: string;
  readonly input: Json;
  readonly output?: Json;
  readonly fault?: { readonly type: string; readonly message: string; readonly status: number };
  /** No answer arrived: a reset, which a change may have gone before, or a page that is none of ECS's. */
  readonly broken?: 'reset' | 'lost' | 'page';
}
