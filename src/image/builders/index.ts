import type { Builder } from './builder.js';

/**
 * How apps are packed. The special stand before the general: of two that are equally sure the first is taken. A builder
 * is loaded when it is asked; this file is loaded with each start.
 */
export const builderTable = [
  { name: 'next', load: async (): Promise<Builder> => (await import('./next/next.js')).nextBuilder },
  { name: 'node', load: async (): Promise<Builder> => (await import('./node/node.js')).nodeBuilder },
] as const;

export type BuilderName = (typeof builderTable)[number]['name'];

/** What `--builder` takes. */
export const builderChoices: readonly ('auto' | BuilderName)[] = ['auto', ...builderTable.map(({ name }) => name)];
