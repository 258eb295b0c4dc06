/** Values by name, as a step sees them: those of its own, of its job and of the workflow. */
export interface Names {
  /** `env.NAME` and `$NAME`. */
  readonly env: ReadonlyMap<string, string>;
  /** `steps.ID.outputs.NAME`, as `ID.NAME`. */
  readonly outputs: ReadonlyMap<string, string>;
}

/** The text with what is known put in; the rest stays as it stands: `${{ github.sha }}`. */
export function filled(text: string, names: Names, depth = 0): string {
  return text.replace(/\$\{\{\s*([^}]*?)\s*\}\}/g, (whole, expression: string) => {
    const value = valueOf(expression, names);
    return value === undefined || depth > 5 ? whole : filled(value, names, depth + 1);
  });
}

function valueOf(expression: string, { env, outputs }: Names): string | undefined {
  const [, name] = /^env\.([\w-]+)$/.exec(expression) ?? [];
  if (name !== undefined) return env.get(name);
  const [, id, output] = /^steps\.([\w-]+)\.outputs\.([\w-]+)$/.exec(expression) ?? [];
  return id === undefined ? undefined : outputs.get(`${id}.${output}`);
}

/** A word of a shell with its variables put in. Only what is known: another stays. */
export function expanded(word: string, names: Names): string {
  const variables = word.replace(/\$\{(\w+)\}|\$(\w+)/g, (whole, braced?: string, bare?: string) => {
    return names.env.get(braced ?? bare ?? '') ?? whole;
  });
  return filled(variables, names);
}

/** It still holds what only a run knows. */
export function isOpen(text: string): boolean {
  return /\$\{\{|\$[\w{(]|`/.test(text);
}
