import { invalid } from './state.js';

/**
 * Whether a message fits a filter pattern of terms: `ERROR "was not found" -healthy`, `?ERROR ?WARN`, `%5\d\d%`.
 * Throws for patterns of JSON or of columns. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function readFilterPattern(pattern: string): (message: string) => boolean {
  const text = pattern.trim();
  if (/^[{[]/.test(text)) throw invalid('The sandbox knows filter patterns of terms only, not of JSON or columns.');
  const terms = [...text.matchAll(/([?-]?)(?:"((?:[^"\\]|\\.)*)"|%([^%]*)%|(\S+))/g)].map(
    ([, sign = '', quoted, regex, plain]) => ({ sign, matches: matcherOf(quoted, regex, plain ?? '') }),
  );
  const [any, none, all] = ['?', '-', ''].map((sign) => terms.filter((term) => term.sign === sign));
  return (message) => {
    const fits = ({ matches }: { readonly matches: (message: string) => boolean }) => matches(message);
    // Beside others, an optional term says nothing.
    const isOptional = all?.length === 0 && none?.length === 0 && any !== undefined && any.length > 0;
    if (isOptional) return any.some(fits);
    return (all ?? []).every(fits) && !(none ?? []).some(fits);
  };
}

function matcherOf(quoted: string | undefined, regex: string | undefined, plain: string): (message: string) => boolean {
  if (regex !== undefined) return asRegex(regex);
  const term = quoted?.replace(/\\(.)/g, '$1') ?? plain;
  if (quoted === undefined && /["%]/.test(plain)) throw invalid('Invalid filter pattern');
  return (message) => message.includes(term);
}

/** Of the signs that CloudWatch knows; not of groups, whose repetition could take for ever. */
function asRegex(text: string): (message: string) => boolean {
  if (/[()]/.test(text) || (text.match(/[*+?{]/g) ?? []).length > 4) throw invalid('Invalid filter pattern');
  try {
    const regex = new RegExp(text);
    return (message) => regex.test(message);
  } catch {
    throw invalid('Invalid filter pattern');
  }
}
