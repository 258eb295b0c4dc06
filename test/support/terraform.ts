import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTool, missing } from './tools.js';

export const stacksFolder = join(import.meta.dirname, '../../terraform');

export const digest = `sha256:${'0'.repeat(64)}`;
export const image = `123456789012.dkr.ecr.eu-central-1.amazonaws.com/web@${digest}`;

/** Path of Terraform; undefined with a line that says that it is missing. With `CI=true` that is a failure. */
export function requireTerraform(): string | undefined {
  return findTool('terraform') ?? missing('terraform', 'developer.hashicorp.com/terraform/install, 1.10 or newer');
}

export interface StackFolder {
  readonly folder: string;
  /** Terraform by itself, without lading. */
  run(...args: string[]): { readonly code: number | null; readonly text: string; readonly stdout: string };
  remove(): void;
}

/** A copy of one stack, as a user has it. */
export function copyStack(
  stack: 'registry' | 'service',
  terraform: string,
  env: Readonly<Record<string, string>>,
): StackFolder {
  const folder = mkdtempSync(join(tmpdir(), `lading-${stack}-`));
  cpSync(join(stacksFolder, stack), folder, { recursive: true });
  return {
    folder,
    run(...args) {
      const { status, stdout, stderr } = spawnSync(terraform, args, {
        cwd: folder,
        env: { PATH: process.env.PATH, HOME: folder, CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1', ...env },
        encoding: 'utf8',
      });
      return { code: status, text: stdout + stderr, stdout };
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

export const keys = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'eu-central-1' } as const;

export function writeVariables(stack: StackFolder, values: Readonly<Record<string, unknown>>): void {
  writeFileSync(join(stack.folder, 'terraform.tfvars.json'), JSON.stringify(values));
}
