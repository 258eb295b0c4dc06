import type { CarriedWorkflow } from '../from/carried.js';
import type { App } from '../look/app.js';
import type { Look } from '../look/look.js';
import type { InitRequest } from '../request.js';
import type { Settled } from '../settle.js';
import type { FileWish } from '../write.js';

/** Everything that files are made of. */
export interface PlanInput {
  readonly look: Look;
  readonly app: App | undefined;
  readonly settled: Settled;
  readonly carried: CarriedWorkflow;
  readonly request: InitRequest;
  /** Files of the stacks of Terraform, when they are wanted. */
  readonly stacks: readonly FileWish[];
  /** Of the schema, for editors. */
  readonly schema: string;
  /** Text of the Dockerfile; undefined when there is none, or a `.dockerignore` is there. */
  readonly dockerfile: string | undefined;
}

/** A workflow, or why it cannot be written yet, or that none is wanted. */
export type PlannedWorkflow =
  { readonly file: FileWish; readonly steps: readonly string[] } | { readonly open: string } | { readonly none: true };
