import type { Builder } from './builder.js';

/**
 * How apps become images. The special stand before the general: of two that are equally sure the first is taken. A
 * Dockerfile is never sure: who packs the app without an engine, and knows how, goes first. A builder is loaded when it
 * is asked; this file is loaded with each start.
 */
export const builderTable = [
  {
    name: 'dockerfile',
    load: async (): Promise<Builder> => (await import('../dockerfile/dockerfile.js')).dockerfileBuilder,
  },
  { name: 'next', load: async (): Promise<Builder> => (await import('./next/next.js')).nextBuilder },
  { name: 'node', load: async (): Promise<Builder> => (await import('./node/node.js')).nodeBuilder },
] as const;

export type BuilderName = (typeof builderTable)[number]['name'];

/** What `--builder` takes. */
export const builderChoices: readonly ('auto' | BuilderName)[] = ['auto', ...builderTable.map(({ name }) => name)];
