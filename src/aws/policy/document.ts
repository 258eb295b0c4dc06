import * as v from 'valibot';

/** One or many. */
const words = v.pipe(
  v.union([v.string(), v.array(v.string())]),
  v.transform((value): readonly string[] => (typeof value === 'string' ? [value] : value)),
);
/** Numbers and booleans stand for their texts. */
const values = v.pipe(
  v.union([v.string(), v.number(), v.boolean(), v.array(v.union([v.string(), v.number(), v.boolean()]))]),
  v.transform((value): readonly string[] => (Array.isArray(value) ? value : [value]).map(String)),
);
const principal = v.pipe(
  v.union([v.string(), v.record(v.string(), words)]),
  v.transform((value): Readonly<Record<string, readonly string[]>> =>
    typeof value === 'string' ? { '*': [value] } : value,
  ),
);
const statement = v.looseObject({
  Sid: v.optional(v.string()),
  Effect: v.picklist(['Allow', 'Deny']),
  Action: v.optional(words),
  NotAction: v.optional(words),
  Resource: v.optional(words),
  NotResource: v.optional(words),
  Principal: v.optional(principal),
  NotPrincipal: v.optional(principal),
  /** Operator → key → values. */
  Condition: v.optional(v.record(v.string(), v.record(v.string(), values))),
});
const document = v.looseObject({
  Version: v.optional(v.string()),
  Statement: v.pipe(
    v.union([statement, v.array(statement)]),
    v.transform((value): readonly PolicyStatement[] => (Array.isArray(value) ? value : [value])),
  ),
});

export type PolicyStatement = v.InferOutput<typeof statement>;
/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html; single values are lists of one. */
export type PolicyDocument = v.InferOutput<typeof document>;

/** Undefined when the value is no policy. */
export function parsePolicy(value: unknown): PolicyDocument | undefined {
  const read = v.safeParse(document, value);
  return read.success ? read.output : undefined;
}

/** As IAM hands it out: JSON, percent-encoded. */
export function parsePolicyText(text: string): PolicyDocument | undefined {
  try {
    return parsePolicy(JSON.parse(text.trimStart().startsWith('{') ? text : decodeURIComponent(text)));
  } catch {
    return undefined;
  }
}
