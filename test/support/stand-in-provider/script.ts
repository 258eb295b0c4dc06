import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Values } from './values.js';

/** What a test wants to happen, by type of resource: `script.json` beside the bundle, read at each call. */
export interface Act {
  /** What somebody else has changed since. */
  readonly drift?: Values;
  /** It is made, changed and looked at where `AWS_ENDPOINT_URL` says, as far as lading deals with it. */
  readonly real?: boolean;
  /** Words of AWS; nothing is made then. */
  readonly refuse?: string;
  /** Milliseconds that making it takes. */
  readonly takes?: number;
}

export type Script = Readonly<Record<string, Act>>;

const home = import.meta.dirname;

export function actOf(type: string): Act {
  const file = join(home, 'script.json');
  return existsSync(file) ? ((JSON.parse(readFileSync(file, 'utf8')) as Script)[type] ?? {}) : {};
}

/** The number of a new revision: they go on counting, as at ECS. */
export function nextRevision(family: string): number {
  const file = join(home, 'revisions.json');
  const last = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>) : {};
  const revision = (last[family] ?? 0) + 1;
  writeFileSync(file, JSON.stringify({ ...last, [family]: revision }));
  return revision;
}
