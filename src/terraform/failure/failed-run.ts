import type { Diagnostic } from './diagnostic.js';

/** A run of Terraform that ended badly. */
export interface FailedRun {
  /** As `plan`. */
  readonly command: string;
  /** As `service`. */
  readonly stack: string;
  /** Folder of the stack as a person would write it, as `infra/service`. */
  readonly folder: string;
  readonly bucket: string;
  /** `ended with exit code 1` */
  readonly end: string;
  readonly diagnostics: readonly Diagnostic[];
}
