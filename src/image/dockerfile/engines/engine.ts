import type { Context } from '../../../base/context.js';
import type { Platform } from '../../../oci/manifest.js';
import type { Watcher } from '../progress/watcher.js';
import type { IgnoreKind, StagedFiles } from '../source/ignore-file.js';
import type { DockerfileValues } from '../values.js';

export type EngineContext = Pick<Context, 'env' | 'exec' | 'report' | 'clock' | 'signal'>;

/** A program that builds Dockerfiles. */
export interface Engine {
  /** As `--engine` takes it. */
  readonly name: string;
  readonly ignores: IgnoreKind;
  /** Looks for it without changing anything. */
  find(context: EngineContext): Promise<FoundEngine | MissingEngine>;
}

export interface MissingEngine {
  /** Why it cannot build here, as `docker is not installed`. */
  readonly missing: string;
  readonly hint: string;
}

/** An engine that is there. */
export interface FoundEngine {
  readonly missing?: undefined;
  /** With its version, as `buildah 1.28.2`. */
  readonly title: string;
  /** What of the things that are asked for it cannot do, and what can. */
  lacks(needs: readonly Need[]): string | undefined;
  /** The program to run for a build. */
  command(request: EngineRequest): EngineCommand;
  /** Writes the image that was built to an archive, when the build has not done so; leaves nothing of ours behind. */
  save?(built: { readonly request: EngineRequest; readonly id: string }, context: EngineContext): Promise<void>;
  /** Takes away what a build that broke off may have left. */
  cleanUp?(request: EngineRequest, context: EngineContext): Promise<void>;
}

/** What only some engines, or some of their versions, can do. */
export type Need = 'secret' | 'ssh' | 'build-cache-from' | 'build-cache-to';

export interface EngineRequest {
  /** Absolute path of the folder that is given to the engine. */
  readonly app: string;
  readonly files: StagedFiles;
  readonly platform: Platform;
  readonly said: DockerfileValues;
  /** Name that nobody else uses, for what is built. */
  readonly tag: string;
  /** Where the id of the image goes. */
  readonly idFile: string;
  /** Where the archive goes: `docker save`'s, or an OCI layout in a tar. */
  readonly archive: string;
}

export interface EngineCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly watcher: Watcher;
}

export function needsOf(said: DockerfileValues): readonly Need[] {
  const needs: readonly [Need, unknown][] = [
    ['secret', said.secret],
    ['ssh', said.ssh],
    ['build-cache-from', said.buildCacheFrom],
    ['build-cache-to', said.buildCacheTo],
  ];
  return needs.flatMap(([need, value]) => (value === undefined ? [] : [need]));
}

/** `1.28.2-dev` → [1, 28] */
export function versionOf(text: string | undefined): readonly [number, number] | undefined {
  const [, major, minor] = /(\d+)\.(\d+)/.exec(text ?? '') ?? [];
  return major === undefined ? undefined : [Number(major), Number(minor)];
}

export function isAtLeast(text: string | undefined, [major, minor]: readonly [number, number]): boolean {
  const [own, part] = versionOf(text) ?? [0, 0];
  return own > major || (own === major && part >= minor);
}
