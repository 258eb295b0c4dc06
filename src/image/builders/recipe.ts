import type { LayerPlan } from '../layer/entry.js';

/** What an image will be made of, before anything is read: the plan of a build, as data. */
export interface Recipe {
  readonly layers: readonly LayerPlan[];
  readonly run: RunSettings;
  /** What the user should know, as files that were left out. */
  readonly notes: readonly string[];
}

export interface RunSettings {
  readonly env: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  readonly entrypoint: readonly string[];
  /** `uid:gid`: a number needs no user in the base image. */
  readonly user: string;
  readonly port: number | undefined;
  readonly stopSignal: string;
}
