import type { Environment } from '../base/context.js';
import type { InputIssue } from '../base/errors.js';
import { InputError } from '../base/errors.js';
import type { EcrRegistry } from '../aws/ecr-registry.js';
import { parseEcrRegistry } from '../aws/ecr-registry.js';

/** Registries as they were named, or the one that is meant by none. All mistakes at once, in an `InputError`. */
export function readRegistries(
  texts: readonly string[] | undefined,
  options: { readonly env: Environment; readonly where: string; readonly isPublic: boolean; readonly isOne: boolean },
): readonly EcrRegistry[] {
  const { env, where, isPublic, isOne } = options;
  const own = isPublic ? parseEcrRegistry('public', env) : { isPublic };
  // Accounts have no public registry of their own.
  if (!texts || texts.length === 0 || isPublic) return [own];
  const issues: InputIssue[] = [];
  const registries = texts.flatMap((text) => {
    try {
      return [parseEcrRegistry(text, env)];
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      issues.push(...error.issues.map((issue) => ({ ...issue, where })));
      return [];
    }
  });
  if (isOne && texts.length > 1) issues.push({ where, message: 'names several, and one password is printed' });
  if (issues.length > 0) throw new InputError(issues, 'NOT_ECR');
  return registries;
}
