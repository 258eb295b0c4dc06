import { InputError } from '../../base/errors.js';
import type { TaskDefinition } from '../shapes.js';
import { taskDefinition } from '../shapes.js';
import { getDotPath, safeParse } from 'valibot';

/** What ECS adds to a definition when it describes one; never sent back. */
const READ_ONLY = [
  'taskDefinitionArn',
  'revision',
  'status',
  'requiresAttributes',
  'compatibilities',
  'registeredAt',
  'registeredBy',
  'deregisteredAt',
];
/** The text of a JSON file. Throws an `InputError` with every mistake. */
export function parseTaskDefinition(text: string, file: string): TaskDefinition {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new InputError({
      where: file,
      message: `is not JSON: ${(error as Error).message}`,
      hint: 'Write it as `aws ecs describe-task-definition` prints it.',
    });
  }
  return checkTaskDefinition(value, file);
}

/** A plain definition, one wrapped in `{"taskDefinition": …}`, or the output of `aws ecs describe-task-definition`. */
export function checkTaskDefinition(value: unknown, file: string): TaskDefinition {
  const wrapped = value as { readonly taskDefinition?: unknown; readonly tags?: unknown } | null;
  const isWrapped = wrapped !== null && typeof wrapped === 'object' && 'taskDefinition' in wrapped;
  const inner = isWrapped ? wrapped.taskDefinition : value;
  const tags = isWrapped ? wrapped.tags : undefined;
  const whole = tags === undefined || inner === null || typeof inner !== 'object' ? inner : { ...inner, tags };
  const result = safeParse(taskDefinition, whole);
  if (result.success) return result.output;
  throw new InputError(
    result.issues.map((issue) => {
      const place = getDotPath(issue);
      return {
        where: `${file}${place ? ` at ${isWrapped ? 'taskDefinition.' : ''}${place}` : ''}`,
        message: issue.message,
      };
    }),
  );
}

/** What is sent to RegisterTaskDefinition: without what only ECS writes, and without nulls. Empty texts stay. */
export function registrable(definition: TaskDefinition): Record<string, unknown> {
  const entries = Object.entries(definition).filter(([key, value]) => !READ_ONLY.includes(key) && value !== null);
  const tags = (definition as { tags?: readonly unknown[] }).tags;
  const kept = entries.filter(([key]) => key !== 'tags' || (tags?.length ?? 0) > 0);
  return dropNulls(Object.fromEntries(kept)) as Record<string, unknown>;
}

function dropNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(dropNulls);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, entry]) => (entry === null ? [] : [[key, dropNulls(entry)]])),
  );
}

/** `family:revision` of an ARN. */
export function revisionOf(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

/** Undefined for what is no ARN of a revision. Numbers of a family only grow. */
export function revisionNumber(arn: string): { readonly family: string; readonly number: number } | undefined {
  const [, family, number] = /^([^:]+):(\d+)$/.exec(revisionOf(arn)) ?? [];
  return family === undefined ? undefined : { family, number: Number(number) };
}
