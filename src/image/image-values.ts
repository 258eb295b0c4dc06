import type { Platform } from '../oci/manifest.js';
import type { Store } from '../oci/store.js';
import type { BaseSource } from './base.js';
import type { BuilderName } from './builders/index.js';
import type { DockerfileValues } from './dockerfile/values.js';
import type { Compression } from './layer/compress.js';
import type { Layout } from './layout/layout.js';

/** What an image is to be. */
export interface ImageValues extends DockerfileValues {
  /** Absolute path of the app's folder. */
  readonly app: string;
  readonly builder: 'auto' | BuilderName;
  readonly platform: readonly Platform[];
  readonly label: Readonly<Record<string, string>> | undefined;
  readonly imageEnv: Readonly<Record<string, string>> | undefined;
  readonly user: string | undefined;
  readonly entrypoint: readonly string[] | undefined;
  readonly compression: Compression;
  readonly include: readonly string[] | undefined;
  /** Names of variables that the app's build script gets although they may hold a secret. */
  readonly passEnv: readonly string[] | undefined;
}

export interface ImagePlaces {
  readonly base: {
    /** Somebody named it; else it is the one that is taken when nobody does. */
    readonly named: boolean;
    /** Asked only when the image is made on a base. */
    find(): Promise<NamedBase>;
  };
  readonly layout: Layout;
  /** Where the image will go. */
  readonly target?: Target | undefined;
}

export interface NamedBase extends BaseSource {
  /** `host/name` when the base lies in a registry: then its layers need not be fetched to be sent. */
  readonly repository: string | undefined;
}

export interface Target {
  readonly store: Store;
  /** Candidates for the previous image, best first; the first that exists is the cache. */
  readonly previous: Promise<readonly string[]>;
  /** Send blobs on as they are made; else the target is only looked at. */
  readonly send: boolean;
}
