import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, InputError, LadingError, messageOf } from '../../base/errors.js';
import { pathExists, replaceFile } from '../../base/files/files.js';
import type { Backend } from '../../terraform/backend.js';
import { formatBackend } from '../../terraform/backend.js';
import type { Variables } from '../../terraform/variables.js';
import { checkOwnVariables, formatVariables, VARIABLES_FILE } from '../../terraform/variables.js';
import type { InfraRequest } from './request.js';
import { knownVariables } from './stack-variables.js';

/** Files that are made from `lading.yml` at every run. */
export interface Generated {
  readonly backendFile: string;
  readonly variablesFile: string;
}

/** `home`: the folder of the stack, or another one for a run that changes nothing. */
export function generatedIn(home: string, request: Pick<InfraRequest, 'stack'>): Generated {
  return { backendFile: join(home, `${request.stack}.tfbackend`), variablesFile: join(home, VARIABLES_FILE) };
}

export async function writeBackend({ backendFile }: Generated, backend: Backend): Promise<void> {
  await write(backendFile, formatBackend(backend));
}

export async function writeVariables({ variablesFile }: Generated, variables: Variables): Promise<void> {
  await write(variablesFile, formatVariables(variables));
}

async function write(path: string, text: string): Promise<void> {
  try {
    if ((await readFile(path, 'utf8').catch(() => undefined)) === text) return;
    await replaceFile(path, text);
  } catch (error) {
    throw new InputError({ where: path, message: messageOf(error) });
  }
}

/** Image of the last run on this computer; undefined when there was none. */
export async function lastImage(folder: string): Promise<string | undefined> {
  const text = await readFile(join(folder, VARIABLES_FILE), 'utf8').catch(() => '{}');
  try {
    const { image } = JSON.parse(text) as { readonly image?: unknown };
    return typeof image === 'string' ? image : undefined;
  } catch {
    return undefined;
  }
}

/** Refuses folders that are no stack, or that hold what must not be lost. */
export async function checkStackFolder(request: InfraRequest, shown: string): Promise<void> {
  const { folder, stack } = request;
  if (!(await pathExists(join(folder, 'main.tf')))) {
    throw new InputError({
      where: shown,
      message: 'has no stack in it: there is no main.tf',
      hint: `Write it with lading infra init ${stack}, or correct infra.folder.`,
    });
  }
  await checkOwnVariables(join(folder, VARIABLES_FILE), `${shown}/${VARIABLES_FILE}`, knownVariables[stack]);
  if (await hasLocalState(join(folder, 'terraform.tfstate'))) {
    throw new LadingError(
      'input',
      `${shown}/terraform.tfstate is a state on this disk, and lading keeps it in a bucket`,
      {
        code: 'LOCAL_STATE',
        hint: `Move it there once: terraform init -migrate-state -backend-config=${stack}.tfbackend in ${shown}, then delete the file.`,
      },
    );
  }
}

async function hasLocalState(path: string): Promise<boolean> {
  try {
    if ((await stat(path)).size === 0) return false;
    const { resources } = JSON.parse(await readFile(path, 'utf8')) as { readonly resources?: readonly unknown[] };
    return (resources?.length ?? 0) > 0;
  } catch (error) {
    return errnoOf(error) !== 'ENOENT';
  }
}

export async function makePrivateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
}
