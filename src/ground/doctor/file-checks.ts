import type { Check } from './check.js';
import type { FilesScene } from './files.js';
import { terraformFileChecks } from './terraform/files.js';
import { trustFileChecks } from './terraform/trust-files.js';
import { expressionChecks } from './workflows/expressions.js';
import { workflowIdentityChecks } from './workflows/identity.js';
import { retiredChecks } from './workflows/retired.js';
import { shellChecks } from './workflows/shell.js';
import { workflowTerraformChecks } from './workflows/terraform.js';

/** Everything that is looked at of a repository's files. */
export const fileChecks: readonly Check<FilesScene>[] = [
  ...workflowIdentityChecks,
  ...retiredChecks,
  ...expressionChecks,
  ...shellChecks,
  ...workflowTerraformChecks,
  ...terraformFileChecks,
  ...trustFileChecks,
];
