import { join } from 'node:path';
import * as v from 'valibot';
import type { Context, Environment } from '../base/context.js';
import { LadingError, ToolError } from '../base/errors.js';
import { pathExists } from '../base/files/files.js';
import { oneLine } from '../base/tell/printable.js';
import { terraformEnvironment } from './environment.js';

/** Terraform or OpenTofu, whichever is there. */
export interface TerraformProgram {
  readonly path: string;
  readonly name: 'Terraform' | 'OpenTofu';
  /** As `1.11.4`. */
  readonly version: string;
}

/** State locked by a file in its bucket came with this version, of both. */
const LEAST = [1, 10] as const;
const LEAST_TEXT = LEAST.join('.');

const INSTALL = `Install Terraform or OpenTofu, ${LEAST_TEXT} or newer; in GitHub Actions by hashicorp/setup-terraform: its machines have none.`;

type FindContext = Pick<Context, 'exec' | 'env' | 'cwd' | 'signal'>;

/** The program that is named, else `terraform`, else `tofu` of the path; of a version that will do. */
export async function findTerraform(context: FindContext, named: string | undefined): Promise<TerraformProgram> {
  const candidates = named === undefined ? ['terraform', 'tofu'] : [named];
  for (const candidate of candidates) {
    const found = await tryProgram(context, await unwrapped(candidate, context.env));
    if (found) return checkVersion(found);
  }
  throw new ToolError('tool', `cannot run ${candidates.join(' or ')}: it is not installed`, {
    code: 'TERRAFORM_MISSING',
    hint: named === undefined ? INSTALL : `Check --terraform, or leave it out. ${INSTALL}`,
  });
}

/**
 * hashicorp/setup-terraform puts a script of its own before the program, which adds lines to what it prints and loses
 * exit codes; the program lies beside it. https://github.com/hashicorp/setup-terraform#inputs
 */
async function unwrapped(program: string, env: Environment): Promise<string> {
  const folder = env.TERRAFORM_CLI_PATH;
  if (program !== 'terraform' || !folder) return program;
  const real = join(folder, 'terraform-bin');
  return (await pathExists(real)) ? real : program;
}

const answerShape = v.looseObject({ terraform_version: v.string() });

async function tryProgram(context: FindContext, path: string): Promise<TerraformProgram | undefined> {
  const env = terraformEnvironment(context.env);
  const result = await context
    .exec(path, ['version', '-json'], { env, cwd: context.cwd, signal: context.signal })
    .catch((error: unknown) => {
      if (error instanceof LadingError && error.code === 'TOOL_MISSING') return undefined;
      throw error;
    });
  if (result === undefined) return undefined;
  const version = readVersion(result.stdout);
  if (version === undefined || result.code !== 0) {
    const words = oneLine((result.stderr || result.stdout).trim()).slice(0, 200);
    throw new ToolError('tool', `${path} does not tell its version as Terraform does: ${words || 'it says nothing'}`, {
      code: 'NOT_TERRAFORM',
      hint: 'Check what --terraform or the path leads to.',
    });
  }
  const { stdout } = await context.exec(path, ['version'], { env, cwd: context.cwd, signal: context.signal });
  return { path, name: /^OpenTofu/m.test(stdout) ? 'OpenTofu' : 'Terraform', version };
}

function readVersion(stdout: string): string | undefined {
  try {
    // What stands before the object is somebody else's.
    const answer = v.safeParse(answerShape, JSON.parse(stdout.slice(Math.max(0, stdout.indexOf('{')))));
    return answer.success ? answer.output.terraform_version : undefined;
  } catch {
    return undefined;
  }
}

function checkVersion(program: TerraformProgram): TerraformProgram {
  const [major = 0, minor = 0] = program.version.split('.').map((part) => Number.parseInt(part, 10));
  if (major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1])) return program;
  throw new ToolError('tool', `${program.path} is ${program.name} ${program.version}, and ${LEAST_TEXT} is needed`, {
    code: 'TERRAFORM_TOO_OLD',
    hint: INSTALL,
  });
}
