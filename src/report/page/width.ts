import { eastAsianWidth } from 'get-east-asian-width';

/** Marks that stand on a letter, joiners and other signs without a place of their own. */
const PLACELESS = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** Asks for the picture of a sign, which is wide. */
const AS_PICTURE = 0xfe0f;

/** As wide as a tab is made. */
const TAB = '  ';

/**
 * Columns that a printable text takes on a terminal; never fewer, but a few more for pictures that are joined of
 * several. The package for this costs every run 20 ms of start-up, most of it for those.
 */
export function textWidth(text: string): number {
  if (/^[\u0020-\u007e]*$/.test(text)) return text.length;
  let width = 0;
  for (const char of text) width += charWidth(char);
  return width;
}

function charWidth(char: string): number {
  const point = char.codePointAt(0) ?? 0;
  if (char === '\t') return TAB.length;
  if (point === AS_PICTURE) return 1;
  return PLACELESS.test(char) ? 0 : eastAsianWidth(point);
}

/** Lines of at most `width` columns, broken between words where that can be; a line break stays. */
export function wrapText(text: string, width: number): readonly string[] {
  const room = Math.max(2, width);
  return text
    .replaceAll('\t', TAB)
    .split('\n')
    .flatMap((line) => (textWidth(line) <= room ? [line] : wrapLine(line, room)));
}

function wrapLine(line: string, room: number): readonly string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(' ')) {
    const joined = current === '' ? word : `${current} ${word}`;
    if (textWidth(joined) <= room) {
      current = joined;
      continue;
    }
    if (current !== '') lines.push(current);
    const pieces = breakWord(word, room);
    lines.push(...pieces.slice(0, -1));
    current = pieces.at(-1) ?? '';
  }
  return [...lines, current];
}

/** A word that is too long for a line, in pieces that are not. An address stays whole: it is to be clicked or copied. */
function breakWord(word: string, room: number): readonly string[] {
  if (/^\(?https?:\/\//.test(word)) return [word];
  const pieces: string[] = [];
  let current = '';
  let width = 0;
  for (const char of word) {
    const more = charWidth(char);
    if (width + more > room) {
      pieces.push(current);
      current = '';
      width = 0;
    }
    current += char;
    width += more;
  }
  return [...pieces, current];
}

/** Spaces up to the width, on the other side of the alignment. */
export function pad(text: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, width - textWidth(text)));
  return align === 'right' ? `${space}${text}` : `${text}${space}`;
}
