import { stripVTControlCharacters } from 'node:util';

/** Say that something failed, not what. */
const HEADING =
  /^(> )?(Build error occurred|Error: Turbopack build failed|Failed to (compile|type check)\.?$|Build failed because of)/;
/** What a package manager adds to the failure of a script. */
const MANAGER = /^(npm (error|ERR!|warn)|error Command failed|info Visit |ELIFECYCLE\b|>\s)/;
const PAGE = /^Error occurred prerendering page ("[^"]*")/;
const PLACE = /^(\.{1,2}\/|\/)?[^\s:]+\.[cm]?[jt]sx?(:\d+:\d+)?$/;
const ERROR =
  /^(⨯ |× )?(\[cause\]: )?(Uncaught )?([A-Z]\w*Error|Error|error|Type error|Syntax error|Module not found)( \[\w+\])?: |^⨯ |: (command )?not found$/;
const INNER = /^\[cause\]: (.+?)( \{)?$/;

const CONTEXT_LINES = 60;
const TAIL_LINES = 20;

export interface Cause {
  /** The first error in one line, with the file or page that it is about; else the last line that says anything. */
  readonly first: string;
  readonly last: readonly string[];
}

/** Watches the lines of a build for what made it fail: the cause comes first, and much may follow it. */
export function causeFinder(): { push(line: string): void; found(): Cause } {
  const context: string[] = [];
  const tail: string[] = [];
  let before = '';
  return {
    push(line) {
      tail.push(line);
      if (tail.length > TAIL_LINES) tail.shift();
      const text = plain(line);
      if (context.length > 0 ? context.length < CONTEXT_LINES : isSuspicious(text)) {
        if (context.length === 0) context.push(before);
        context.push(text);
      }
      if (text !== '') before = text;
    },
    found: () => ({ first: causeIn(context) ?? lastWords(tail), last: [...tail] }),
  };
}

function isSuspicious(text: string): boolean {
  return !MANAGER.test(text) && (ERROR.test(text) || HEADING.test(text) || PAGE.test(text));
}

/** The first error of lines without colours and indentation. */
export function causeIn(lines: readonly string[]): string | undefined {
  let page: string | undefined;
  let place: string | undefined;
  for (const [at, line] of lines.entries()) {
    page = PAGE.exec(line)?.[1] ?? page;
    if (ERROR.test(line) && !HEADING.test(line) && !MANAGER.test(line)) {
      const inner = /^Error: Failed to collect/.test(line)
        ? lines.slice(at + 1, at + 6).flatMap((next) => INNER.exec(next)?.[1] ?? [])[0]
        : undefined;
      const about = page === undefined ? place : `page ${page}`;
      return [about, line.replace(/^(⨯ |× )|^Error: /, ''), inner].filter((part) => part !== undefined).join(': ');
    }
    if (line !== '') place = PLACE.test(line) ? line.replace(/^\.\//, '') : undefined;
  }
  return undefined;
}

function lastWords(tail: readonly string[]): string {
  const said = tail.map(plain).filter((line) => line !== '');
  return said.filter((line) => !MANAGER.test(line)).at(-1) ?? said.at(-1) ?? 'it printed nothing';
}

function plain(line: string): string {
  return stripVTControlCharacters(line).trim();
}
