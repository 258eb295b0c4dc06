import * as v from 'valibot';

/** What Terraform says went wrong. https://developer.hashicorp.com/terraform/internals/machine-readable-ui */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly summary: string;
  /** May have several lines; empty when there is none. */
  readonly detail: string;
  /** The resource that it is about. */
  readonly address?: string | undefined;
  /** Where in the stack it stands: file relative to its folder, line from 1. */
  readonly at?: { readonly file: string; readonly line: number } | undefined;
}

const shape = v.looseObject({
  severity: v.picklist(['error', 'warning']),
  summary: v.string(),
  detail: v.optional(v.string(), ''),
  address: v.optional(v.string()),
  range: v.optional(v.looseObject({ filename: v.string(), start: v.looseObject({ line: v.number() }) })),
});

export function parseDiagnostic(value: unknown): Diagnostic | undefined {
  const parsed = v.safeParse(shape, value);
  if (!parsed.success) return undefined;
  const { severity, summary, detail, address, range } = parsed.output;
  return {
    severity,
    summary,
    detail,
    ...(address !== undefined && { address }),
    ...(range && { at: { file: range.filename, line: range.start.line } }),
  };
}

/** Errors in text for people, as commands without JSON print it; all of it as one when it is of another form. */
export function diagnosticsIn(text: string): readonly Diagnostic[] {
  const plain = text.replace(/^[╷╵│] ?/gm, '').trim();
  const found = errorsIn(plain);
  if (found.length > 0 || plain === '') return found;
  const [summary = '', ...rest] = plain.split('\n');
  return [{ severity: 'error', summary, detail: rest.join('\n') }];
}

function errorsIn(plain: string): readonly Diagnostic[] {
  return [...plain.matchAll(/^Error: (.*)\n((?:(?!Error: ).*(?:\n|$))*)/gm)].map(([, summary = '', rest = '']) => {
    const place = /^ {2}on (\S+) line (\d+)/m.exec(rest);
    return {
      severity: 'error',
      summary: summary.trim(),
      detail: rest.trim(),
      ...(place && { at: { file: place[1] ?? '', line: Number(place[2]) } }),
    };
  });
}
