import { InputError } from '../../base/errors.js';
import type { Inputs } from '../../base/declare/input.js';
import type { Origins } from '../../base/declare/origin.js';

/**
 * A mistake that is found after the door names the flag of its input. What stands in a variable or in `lading.yml` is told
 * there, and what an action or a program gave by their names.
 */
export function placeMistakes(error: unknown, inputs: Inputs, origins: Origins): unknown {
  if (!(error instanceof InputError)) return error;
  const issues = error.issues.map((issue) => {
    const name = issue.where.startsWith('--') ? issue.where.slice(2) : '';
    return Object.hasOwn(inputs, name) ? { ...issue, where: origins.where(name) } : issue;
  });
  if (issues.every(({ where }, at) => where === error.issues[at]?.where)) return error;
  const placed = new InputError(issues, error.code);
  return error.result === undefined ? placed : Object.assign(placed, { result: error.result });
}
