/** Strings that a terminal swallows whole, as titles and links: up to BEL or ST. */
const STRINGS =
  /(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u0090\u0098\u009c-\u009f]*(?:\u0007|\u001b\\|\u009c)/g;
/** Colours, cursor, erasing. */
const SEQUENCES = /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]/g;
/** The other commands of two and three characters. */
const ESCAPES = /\u001b[ -/]*[0-~]/g;
/** What is left of C0 and C1 but tab and line feed, and what turns the direction of text. */
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Text of others as it may stand on a terminal and in a log: no control character commands it, no text runs
 * backwards. Line feeds and tabs stay; a carriage return, which would write over the line, becomes a space.
 */
export function printable(text: string): string {
  return text
    .replace(STRINGS, '')
    .replace(SEQUENCES, '')
    .replace(ESCAPES, '')
    .replaceAll('\r\n', '\n')
    .replace(/[\r\u2028\u2029]/g, ' ')
    .replace(CONTROLS, '');
}

/** As `printable`, on one line. */
export function oneLine(text: string): string {
  const lines = printable(text).split('\n');
  return lines.length === 1 ? (lines[0] ?? '') : lines.map((line) => line.trim()).join(' ');
}

/** JSON is ASCII where terminals look for commands: its own escapes say the same. */
export function printableJson(json: string): string {
  return json.replace(/[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, (char) => {
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
