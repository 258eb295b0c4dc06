import { readFile } from 'node:fs/promises';
import { InputError, messageOf } from '../../base/errors.js';
import { checkTaskDefinition, parseTaskDefinition } from '../../ecs/definition/read.js';
import type { TaskDefinition } from '../../ecs/shapes.js';

/** Task definitions by the file that they stand in. */
export type Definitions = ReadonlyMap<string, TaskDefinition>;

/** Every file is read before anything is changed, and every mistake in them is told. */
export async function readDefinitions(files: Iterable<string | undefined>): Promise<Definitions> {
  const issues: InputError['issues'][number][] = [];
  const found = new Map<string, TaskDefinition>();
  for (const file of new Set(files)) {
    if (file === undefined) continue;
    try {
      found.set(file, await readDefinition(file));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      issues.push(...error.issues);
    }
  }
  if (issues.length > 0) throw new InputError(issues);
  return found;
}

/** JSON, or YAML where the name of the file says so. Throws an `InputError` with every mistake. */
export async function readDefinition(file: string): Promise<TaskDefinition> {
  const text = await readText(file);
  if (!/\.ya?ml$/i.test(file)) return parseTaskDefinition(text, file);
  const yaml = await import('yaml');
  let value: unknown;
  try {
    value = yaml.parse(text);
  } catch (error) {
    throw new InputError({ where: file, message: `is not YAML: ${messageOf(error)}` });
  }
  return checkTaskDefinition(value, file);
}

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: Error) => {
    throw new InputError({ where: '--task-definition', message: `${file} cannot be read: ${error.message}` });
  });
}
