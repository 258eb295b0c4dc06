import type { GenericIssue, GenericSchema, InferOutput } from 'valibot';
import { getDotPath, safeParse } from 'valibot';
import { AwsFault } from './service.js';

/** What an input lacks, in the words of AWS. */
export interface Violation {
  /** As `imageIds.1.member.imageTag`. */
  readonly place: string;
  readonly value: string;
  /** As `Member must have length less than or equal to 64`. */
  readonly rule: string;
}

/** The input of an operation by its shape. Throws the fault that the service makes of all that is wrong. */
export function readInput<Schema extends GenericSchema>(
  schema: Schema,
  input: Readonly<Record<string, unknown>>,
  refuse: (violations: readonly [Violation, ...Violation[]]) => AwsFault,
): InferOutput<Schema> {
  // Null is as good as absent on the wire.
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null));
  const result = safeParse(schema, given);
  if (result.success) return result.output;
  const [first, ...others] = result.issues.map(violationOf);
  throw refuse([first as Violation, ...others]);
}

/** As most services say it. */
export function validationFault(type: string): (violations: readonly Violation[]) => AwsFault {
  return (violations) => {
    const count = `${violations.length} validation error${violations.length === 1 ? '' : 's'} detected: `;
    const texts = violations.map(
      ({ place, value, rule }) => `Value '${value}' at '${place}' failed to satisfy constraint: ${rule}`,
    );
    return new AwsFault(type, count + texts.join('; '));
  };
}

function violationOf(issue: GenericIssue): Violation {
  const place = (getDotPath(issue) ?? '').replace(/\.(\d+)(?=\.|$)/g, (_, at: string) => `.${Number(at) + 1}.member`);
  const value = issue.input === undefined ? 'null' : text(issue.input);
  return { place, value, rule: issue.input === undefined ? 'Member must not be null' : ruleOf(issue) };
}

/** By valibot's names of checks. */
function ruleOf({ type, requirement, expected, message }: GenericIssue): string {
  const wanted = requirement instanceof RegExp ? requirement.source.replace(/^\^|\$$/g, '') : text(requirement);
  if (type === 'min_length') return `Member must have length greater than or equal to ${wanted}`;
  if (type === 'max_length') return `Member must have length less than or equal to ${wanted}`;
  if (type === 'min_value') return `Member must have value greater than or equal to ${wanted}`;
  if (type === 'max_value') return `Member must have value less than or equal to ${wanted}`;
  if (type === 'regex') return `Member must satisfy regular expression pattern: ${wanted}`;
  if (type === 'picklist')
    return `Member must satisfy enum value set: [${(expected ?? '').replace(/[()"]/g, '').replaceAll(' | ', ', ')}]`;
  return message;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
