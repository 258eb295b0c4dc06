import { InputError } from '../../base/errors.js';
import type { Form } from '../../base/declare/input.js';

/** Words of a program: parted by blanks, quoted ones kept whole, or a JSON array of texts. Nothing is expanded. */
export const wordsForm: Form<readonly string[]> = {
  parse: (text) => (text.trimStart().startsWith('[') ? jsonWords(text) : splitWords(text)),
  format: (words) => JSON.stringify(words),
};

function jsonWords(text: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value) && value.every((word) => typeof word === 'string')) return value;
  } catch {
    // Told below, as anything else that is no such array.
  }
  throw new InputError({ where: '', message: `is no JSON array of texts: ${text}` });
}

/** Quotes and backslashes as a POSIX shell reads them. https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html */
function splitWords(text: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] ?? '';
    if (letter === "'" || letter === '"') {
      const end = endOfQuote(text, at);
      const inner = text.slice(at + 1, end);
      word = (word ?? '') + (letter === '"' ? inner.replace(/\\(["\\$`])/g, '$1') : inner);
      at = end;
    } else if (letter === '\\' && at + 1 < text.length) {
      word = (word ?? '') + text[++at];
    } else if (/\s/.test(letter)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + letter;
  }
  return word === undefined ? words : [...words, word];
}

function endOfQuote(text: string, start: number): number {
  const quote = text[start];
  for (let at = start + 1; at < text.length; at++) {
    if (quote === '"' && text[at] === '\\') at++;
    else if (text[at] === quote) return at;
  }
  throw new InputError({
    where: '',
    message: `the quote ${quote} is not closed in ${text}`,
    hint: 'Close it, or write the words as a JSON array.',
  });
}
