import { readdir, readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { errnoOf, InputError, LadingError, messageOf } from '../../base/errors.js';
import { pathExists, replaceFile } from '../../base/files/files.js';
import type { StackName } from './request.js';

/** Who registers revisions of the task definition and puts them into the service. */
export type Owner = 'deployer' | 'terraform';

export interface ScaffoldFile {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
  /** `kept`: there is one already that differs, and it is the user's. */
  readonly action: 'created' | 'unchanged' | 'kept';
}

const OWNED = 'ignore_changes = [task_definition, desired_count]';
const OWNED_BY_TERRAFORM = 'ignore_changes = [desired_count]';

/** Terraform's own, and what lading writes anew at every run. */
const IGNORED = '.terraform/\n*.tfstate\n*.tfstate.*\n*.tfplan\n*.tfbackend\nterraform.tfvars.json\n';

/**
 * The files of a stack, and which of them are missing in its folder. Nothing that is there is replaced. `app` is the
 * folder that images are made of: what lies in it and is not left out goes into them.
 */
export async function planScaffold(
  stack: StackName,
  folder: string,
  owner: Owner,
  app: string,
): Promise<readonly ScaffoldFile[]> {
  const template = join(await findTemplates(), stack);
  const names = (await readdir(template)).filter((name) => /\.(tf|hcl)$/.test(name) && !name.startsWith('.')).sort();
  const files = await Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(template, name), 'utf8');
      return scaffoldFile(join(folder, name), owner === 'terraform' ? text.replace(OWNED, OWNED_BY_TERRAFORM) : text);
    }),
  );
  const home = dirname(folder);
  const below = relative(app, home).replaceAll('\\', '/');
  const isInside = below !== '' && !below.startsWith('..') && !isAbsolute(below);
  return [
    ...files,
    await scaffoldFile(join(home, '.gitignore'), IGNORED),
    ...(isInside ? [await scaffoldFile(join(app, '.dockerignore'), `${below}\n`)] : []),
  ];
}

async function scaffoldFile(path: string, text: string): Promise<ScaffoldFile> {
  const present = await readFile(path, 'utf8').catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw new InputError({ where: path, message: messageOf(error) });
  });
  return { path, text, action: present === undefined ? 'created' : present === text ? 'unchanged' : 'kept' };
}

export async function applyScaffold(files: readonly ScaffoldFile[]): Promise<void> {
  for (const { path, text, action } of files) {
    if (action !== 'created') continue;
    await replaceFile(path, text).catch((error: unknown) => {
      throw new InputError({ where: path, message: messageOf(error) });
    });
  }
}

/** They lie beside the code in the package and in the repository. */
async function findTemplates(): Promise<string> {
  for (let at = dirname(fileURLToPath(import.meta.url)), last = ''; at !== last; last = at, at = dirname(at)) {
    const folder = join(at, 'terraform');
    if (await pathExists(join(folder, 'registry', 'main.tf'))) return folder;
  }
  throw new LadingError('input', 'the stacks of lading are not in this installation', {
    code: 'NO_STACKS',
    hint: 'Install lading from its package.',
  });
}
