import * as v from 'valibot';
import { canonicalJson, parseJson } from '../base/json.js';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */
export interface PolicyDocument {
  readonly Version?: string | undefined;
  readonly Statement: readonly PolicyStatement[];
}

/** As it stands there: fields that we do not know stay. */
export type PolicyStatement = Readonly<Record<string, unknown>> & { readonly Sid?: string | undefined };

const shape = v.looseObject({
  Version: v.optional(v.string()),
  Statement: v.union([
    v.array(v.looseObject({ Sid: v.optional(v.string()) })),
    v.pipe(
      v.looseObject({ Sid: v.optional(v.string()) }),
      v.transform((one) => [one]),
    ),
  ]),
});

/** IAM sends documents URL-encoded, S3 as they are. */
export function readDocument(text: string, what: string): PolicyDocument {
  const plain = text.trimStart().startsWith('{') ? text : decodeURIComponent(text);
  return parseJson(shape, plain, what);
}

/** Equal text for what means the same: a list of one is its element, and the order of a list says nothing. */
export function canonicalDocument(document: unknown): string {
  return canonicalJson(normal(document));
}

function normal(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(normal);
    if (items.length === 1) return items[0];
    return items
      .map((item) => [canonicalJson(item), item] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, item]) => item);
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, normal(item)]));
}

/** What is in one and not in the other, a statement's line each: `- …` of what is there, `+ …` of what shall be. */
export function documentDiff(present: PolicyDocument | undefined, wanted: PolicyDocument): readonly string[] {
  const [before, after] = [linesOf(present), linesOf(wanted)];
  return [
    ...before.filter((line) => !after.includes(line)).map((line) => `- ${line}`),
    ...after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`),
  ];
}

/** For the one who reads what a new policy comes to: `ecr: 8 actions`. */
export function documentSummary({ Statement: statements }: PolicyDocument): readonly string[] {
  const services = new Map<string, Set<string>>();
  for (const { Action } of statements) {
    for (const action of texts(Action)) {
      const service = action.slice(0, action.indexOf(':'));
      services.set(service, (services.get(service) ?? new Set()).add(action));
    }
  }
  return [...services].map(
    ([service, actions]) => `${service}: ${actions.size} ${actions.size === 1 ? 'action' : 'actions'}`,
  );
}

function linesOf(document: PolicyDocument | undefined): readonly string[] {
  return (document?.Statement ?? []).flatMap(statementLines);
}

/** An action, a principal, a condition a line: so a diff shows what matters and not the whole statement. */
function statementLines(statement: PolicyStatement): readonly string[] {
  const { Effect, Action, NotAction, Resource, NotResource, Principal, Condition } = statement;
  const target = Resource ?? NotResource;
  const on = target === undefined ? '' : ` on ${NotResource === undefined ? '' : 'all but '}${wordsOf(target)}`;
  const actions = texts(Action ?? NotAction).map(
    (action) => `${String(Effect).toLowerCase()} ${NotAction === undefined ? '' : 'all but '}${action}${on}`,
  );
  const who = Principal === undefined ? [] : [`principal ${wordsOf(Principal)}`];
  const conditions = conditionsIn(Condition).map(({ operator, key, value }) => `${operator} ${key} ${value}`);
  const suffix = Principal === undefined && conditions.length > 0 ? ` if ${conditions.join(', ')}` : '';
  return [...who, ...actions.map((line) => line + suffix), ...(Principal === undefined ? [] : conditions)];
}

/** Every value of every condition of all statements. */
export function conditionValues({ Statement: statements }: PolicyDocument): readonly ConditionValue[] {
  return statements.flatMap(({ Condition }) => conditionsIn(Condition));
}

export interface ConditionValue {
  /** `StringEquals` */
  readonly operator: string;
  /** `aws:SecureTransport` */
  readonly key: string;
  readonly value: string;
}

function conditionsIn(condition: unknown): readonly ConditionValue[] {
  return Object.entries((condition ?? {}) as Record<string, Record<string, unknown>>).flatMap(([operator, keys]) =>
    Object.entries(keys).flatMap(([key, values]) => texts(values).map((value) => ({ operator, key, value }))),
  );
}

function texts(value: unknown): readonly string[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value.map(String) : [String(value)];
}

function wordsOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(String).sort().join(', ');
  return canonicalDocument(value);
}
