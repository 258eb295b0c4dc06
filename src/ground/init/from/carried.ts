import type { Settings } from '../settings.js';
import type { Triggers } from '../plan/workflow-parts.js';

/** What another way of deploying says, in lading's words. */
export interface Carried {
  /** What was read, as `the ECS service production/shop`. */
  readonly source: string;
  readonly settings: Settings;
  readonly workflow: CarriedWorkflow;
  /** What has no counterpart, each with its place: nothing is left out in silence. */
  readonly leftovers: readonly Leftover[];
}

export interface Leftover {
  /** `.github/workflows/deploy.yml:12`, or what it is of AWS. */
  readonly where: string;
  readonly what: string;
  /** What to do about it. */
  readonly hint?: string | undefined;
}

/** What the workflow does beside building, pushing and deploying. */
export interface CarriedWorkflow {
  /** What stands under `on:`. */
  readonly on?: Triggers | undefined;
  readonly runsOn?: string | undefined;
  /** Inputs of the step that signs in to AWS, as they stood. */
  readonly credentials?: Readonly<Record<string, string>> | undefined;
  /** Inputs of the checkout. */
  readonly checkout?: Readonly<Record<string, string>> | undefined;
  /** Inputs of the step that installs Node. */
  readonly node?: Readonly<Record<string, string>> | undefined;
  /** GitHub's environment of the job that deploys: a name, or a map with it and a URL. */
  readonly environment?: string | Readonly<Record<string, string>> | undefined;
  /** Inputs of the step that deploys, beside the image. */
  readonly deploy?: Readonly<Record<string, string>> | undefined;
  /** Further tags of the image, with GitHub's expressions. */
  readonly tags?: readonly string[] | undefined;
}
