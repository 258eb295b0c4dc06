import type { EngineName } from './engines/names.js';

/** What may be said of a build from a Dockerfile, as its inputs are called. */
export interface DockerfileValues {
  /** Absolute path of the Dockerfile; the one in the app's folder when left out. */
  readonly file?: string | undefined;
  /** Stage that becomes the image; the last one when left out. */
  readonly target?: string | undefined;
  readonly buildArg?: Readonly<Record<string, string>> | undefined;
  readonly secret?: readonly BuildSecret[] | undefined;
  /** As the engine takes it: `default`, `ID=SOCKET`. */
  readonly ssh?: readonly string[] | undefined;
  readonly engine?: 'auto' | EngineName | undefined;
  /** Network of the steps, as the engine calls it. */
  readonly buildNetwork?: string | undefined;
  /** Where the engine looks for layers that it need not build: a repository, or `type=…` in its own words. */
  readonly buildCacheFrom?: readonly string[] | undefined;
  /** Where the engine leaves them. */
  readonly buildCacheTo?: readonly string[] | undefined;
  /** Most bytes of the folder that the engine is given. */
  readonly contextLimit?: number | undefined;
}

/** A secret that steps may read while they run. Its value is in no argument. */
export type BuildSecret = { readonly id: string } & (
  | { readonly from: 'variable'; readonly name: string }
  | {
      readonly from: 'file';
      /** Absolute path. */
      readonly path: string;
    }
);

/**
 * Inputs that speak of one Dockerfile: who says one of them means it. What may be said of all images at once, as a network
 * or a cache, is not among them.
 */
export function saidOfDockerfile(values: DockerfileValues): readonly string[] {
  const said: readonly [string, unknown][] = [
    ['file', values.file],
    ['target', values.target],
    ['build-arg', values.buildArg],
    ['secret', values.secret],
    ['ssh', values.ssh],
  ];
  return said.flatMap(([name, value]) => (value === undefined ? [] : [name]));
}
