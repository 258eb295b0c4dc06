import type { Source } from '../base/declare/origin.js';
import type { ContainerVariable } from '../ecs/definition/change.js';
import type { IfUnchanged } from '../ecs/rollout/plan/plan.js';
import type { Reference } from '../oci/reference.js';
import type { AppImageValues } from './images/app-image.js';

/** One release as a value: what is made, what runs once, and what is rolled out, in this order. */
export interface Release {
  readonly images: readonly ReleaseImage[];
  readonly tasks: readonly ReleaseTask[];
  /** Each after those that it names with `after`, else in the order of the file. */
  readonly services: readonly ReleaseService[];
}

/** For errors that are made later: the place of a field, as `lading.yml:12:5`, else of the whole. */
type Where = (field?: string) => string;

/** Where an image is on this disk, and where it goes to. */
export interface ImagePlace {
  readonly name: string;
  /** Undefined where the image may stay on this disk. */
  readonly to: Reference | undefined;
  /** Beside the tag of `to`. */
  readonly tags: readonly string[];
  /** Folder of the OCI layout; undefined: `place` below `.lading`. */
  readonly output: string | undefined;
  /** `image` for the only one, `images/NAME` for one of several. */
  readonly place: string;
  readonly where: Where;
}

export interface ReleaseImage extends ImagePlace {
  readonly values: AppImageValues;
  /** Tag or digest in the target whose layers are used again. */
  readonly cacheFrom: string | undefined;
}

/** An image that a container gets: one of the release by its name, or one that is there already. */
export type UsedImage =
  | { readonly from: 'release'; readonly container: string | undefined; readonly image: string }
  | {
      readonly from: 'registry';
      readonly container: string | undefined;
      readonly reference: Reference;
      /** As it was written. */
      readonly text: string;
    };

/** Where a service is. */
export interface ServicePlace {
  /** As the release calls it. */
  readonly name: string;
  /** As ECS calls it: name or ARN. */
  readonly service: string;
  readonly cluster: string;
  readonly region: string | undefined;
  readonly where: Where;
}

export interface ReleaseService extends ServicePlace {
  readonly images: readonly UsedImage[];
  /** A file with the task definition, instead of the running one. */
  readonly taskDefinition: string | undefined;
  readonly env: readonly ContainerVariable[];
  readonly force: boolean;
  readonly desiredCount: number | undefined;
  readonly wait: 'deployed' | 'stable' | 'drained' | 'none';
  readonly timeoutMs: number;
  readonly failFast: boolean;
  readonly ifUnchanged: IfUnchanged;
  /** Services of this release that come first. */
  readonly after: readonly string[];
  readonly smoke: Smoke | undefined;
}

/** What the public address must answer, once the service is rolled out. */
export interface Smoke {
  readonly url: string;
  readonly status: number;
  readonly timeoutMs: number;
  /** What becomes of a deployment whose address does not answer so. */
  readonly onFailure: 'leave' | 'rollback';
}

/** A task that runs once and must end well. */
export interface ReleaseTask {
  readonly name: string;
  readonly images: readonly UsedImage[];
  /** Words; empty: what the image says. */
  readonly command: readonly string[];
  /** Container that gets image and command; found by the image when it is not named. */
  readonly container: string | undefined;
  /**
   * The service whose network and task definition it takes. It need not be rolled out by this release; undefined only of
   * a task outside of one.
   */
  readonly like: ServicePlace | undefined;
  readonly definition: TaskDefinitionSource;
  readonly cluster: string;
  readonly region: string | undefined;
  readonly env: readonly ContainerVariable[];
  /** Services of this release that wait for it. */
  readonly before: readonly string[];
  /** Services of this release that it waits for. */
  readonly after: readonly string[];
  /** `changed`: only when `like` does not run its revision already. */
  readonly when: 'always' | 'changed';
  /** What becomes of it when the release is cancelled. */
  readonly onCancel: 'leave' | 'stop';
  readonly timeoutMs: number;
  readonly where: Where;
}

/** What the definition of a task is made of, beside its images. */
export interface TaskDefinitionSource {
  /** A file, instead of what the service runs. */
  readonly file: string | undefined;
  /** Variables that the definition itself gets, as that of the service does. */
  readonly env: readonly ContainerVariable[];
}

/** One of the maps under `images`, `tasks` or `services`, as far as it says something. */
export type Entry<Fields> = Partial<Fields> & {
  readonly name: string;
  readonly where: Where;
  readonly source: (field: string) => Source;
};

export interface TargetFields {
  readonly to: Reference | undefined;
  readonly tag: readonly string[] | undefined;
  readonly output?: string | undefined;
  readonly insecureRegistry?: readonly string[] | undefined;
  readonly region?: string | undefined;
}

/** Everything that the values of a verb may say of an image. */
export interface ImageFields extends Omit<AppImageValues, 'imageEnv'>, TargetFields {
  readonly env: Readonly<Record<string, string>> | undefined;
  readonly cacheFrom: string | undefined;
}

export interface PlaceFields {
  readonly cluster: string;
  readonly service: string | undefined;
  readonly region: string | undefined;
}

/** An image as it is asked for: by a name of `images`, or by a reference. */
export interface ImageChoice {
  readonly container: string | undefined;
  readonly text: string;
}

export interface ServiceFields extends PlaceFields {
  readonly image?: readonly ImageChoice[] | undefined;
  readonly container?: string | undefined;
  readonly taskDefinition: string | undefined;
  readonly env: readonly ContainerVariable[] | undefined;
  readonly desiredCount: number | undefined;
  readonly wait: ReleaseService['wait'];
  readonly timeout: number;
  readonly failFast: boolean;
  readonly ifUnchanged: IfUnchanged;
}

export interface ServiceEntryFields extends ServiceFields {
  readonly after: readonly string[];
  readonly smoke: {
    readonly url: string;
    readonly status: number;
    readonly timeout: number;
    readonly onFailure: Smoke['onFailure'];
  };
}

export interface TaskFields {
  readonly image: readonly ImageChoice[];
  readonly command: readonly string[];
  readonly container: string;
  readonly cluster: string;
  readonly region: string;
  readonly like: string;
  readonly env: readonly ContainerVariable[];
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly when: ReleaseTask['when'];
  readonly onCancel: ReleaseTask['onCancel'];
  readonly timeout: number;
}
