/** Hides secrets in text before any sink sees it. */
export interface Redactor {
  add(secret: string): void;
  redact(text: string): string;
}

const MASK = '***';

/**
 * Hides the value, each of its lines, its base64 and its URL form. Values under 4 characters are not hidden: the mask
 * would eat every text.
 */
export function createRedactor(): Redactor {
  const forms = new Set<string>();
  let sorted: readonly string[] = [];
  return {
    add(secret) {
      const values = [secret, ...secret.split(/\r?\n/)]
        .map((value) => value.trim())
        .filter((value) => value.length >= 4);
      for (const value of values) {
        forms.add(value).add(encodeURIComponent(value)).add(Buffer.from(value).toString('base64'));
        forms.add(JSON.stringify(value).slice(1, -1));
      }
      sorted = [...forms].sort((a, b) => b.length - a.length);
    },
    redact(text) {
      let out = text.replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@:]+:[^\s/@]+@/gi, `$1${MASK}@`);
      for (const form of sorted) if (out.includes(form)) out = out.replaceAll(form, MASK);
      return out;
    },
  };
}
