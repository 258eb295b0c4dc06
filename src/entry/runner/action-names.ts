import type { Inputs } from '../../base/declare/input.js';

/**
 * A sentence for someone who wrote a workflow: where it names a flag or a variable of the verb, it names the input.
 * Sentences with a command line of another program stay as they are: its flags are its own.
 */
export function namingInputs(text: string, inputs: Inputs): string {
  if (/\b(?:aws|gh|git|docker|npm|npx|lading) [a-z]/.test(text)) return text;
  const named = text.replace(
    /(?<![\w-])(?:--([a-z][a-z0-9-]*)|LADING_([A-Z][A-Z0-9_]*))\b/g,
    (whole, flag, variable) => {
      const name = String(flag ?? variable)
        .toLowerCase()
        .replaceAll('_', '-');
      return Object.hasOwn(inputs, name) ? `input ${name}` : whole;
    },
  );
  // A flag and its variable are one input.
  return named.replace(/(input [\w-]+)(?:, | or )\1\b/g, '$1');
}
