import type { Context } from '../../base/context.js';
import type { DockerfileValues } from '../dockerfile/values.js';
import type { ForeignImage, ForeignOrder } from '../foreign/foreign-image.js';
import type { Recipe } from './recipe.js';

/** `sure`: made for such an app. `maybe`: it could be packed. `none`: not this kind. */
export type Sureness = 'none' | 'maybe' | 'sure';

export interface Recognition {
  readonly sureness: Sureness;
  /** What was seen in the folder, or looked for in vain, as `it has next.config.mjs`. */
  readonly reason: string;
}

/** An app, and what its user wants of the image that a builder decides on. */
export interface AppToPack {
  /** Absolute path of its folder. */
  readonly app: string;
  /** Files to pack although they look like secrets. */
  readonly include: readonly string[];
  /** What runs, when the app is not to say it. */
  readonly entrypoint: readonly string[] | undefined;
  /** Names of variables that the app's build script gets although they may hold a secret. */
  readonly passEnv: readonly string[];
  /** Absolute path of the folder that the image goes to: neither source nor content of the app. */
  readonly output: string;
  /** Seconds since 1970 that the image says it was made at; 0 when it does not say. */
  readonly createdAt: number;
}

export type BuilderContext = Pick<Context, 'exec' | 'env' | 'report' | 'clock' | 'signal'>;

interface Recognizer {
  /** As `--builder` takes it. */
  readonly name: string;
  /** For people, as `Next.js`. */
  readonly title: string;
  /** Looks at the folder without changing it. Throws an input error for what no builder could read. */
  recognises(app: string): Promise<Recognition>;
}

/** Packs an app from its files. */
export interface RecipeBuilder extends Recognizer {
  /** Builds the app when it is not built yet, and says what goes into the image and how it runs. */
  plan(app: AppToPack, context: BuilderContext): Promise<Recipe>;
}

/** An app whose image another program makes. */
export interface AppToHaveMade extends Pick<AppToPack, 'app' | 'output' | 'createdAt' | 'passEnv'> {
  readonly said: DockerfileValues;
}

/** Has the image made by another program. */
export interface ImageBuilder extends Recognizer {
  /**
   * Looks at what was asked for and at who can do it, before anything is made. What it gives makes the image for one
   * platform.
   */
  prepare(
    app: AppToHaveMade,
    context: BuilderContext,
  ): Promise<(order: ForeignOrder, context: BuilderContext) => Promise<ForeignImage>>;
}

/** One way to an image. */
export type Builder = RecipeBuilder | ImageBuilder;
