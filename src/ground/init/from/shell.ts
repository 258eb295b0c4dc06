import { parse } from 'shell-quote';
import type { Tree } from './yaml-tree.js';

/** One command of a script. */
export interface ShellCommand {
  readonly words: readonly string[];
  /** As it stands there. */
  readonly text: string;
  readonly where: string;
  /** Where its output goes, as `$GITHUB_OUTPUT`. */
  readonly into: string | undefined;
}

/**
 * The commands of a `run:`, each with its line. Variables and expressions stay in the words as they stand. It reads what
 * such scripts consist of; anything else comes back as a command that nobody knows, and so is told.
 */
export function commandsOf(run: Tree, name: string): readonly ShellCommand[] {
  const lines = (run.text ?? '').split('\n');
  const first = run.isBlock ? run.line + 1 : run.line;
  const commands: ShellCommand[] = [];
  for (let at = 0; at < lines.length; at++) {
    const start = at;
    let text = lines[at] ?? '';
    while (/\\\s*$/.test(text) && at + 1 < lines.length)
      text = `${text.replace(/\\\s*$/, ' ')}${lines[++at]?.trim() ?? ''}`;
    for (const piece of pieces(text)) commands.push({ ...piece, where: `${name}:${first + start}` });
  }
  return commands;
}

/** Kept away from the reader of shell words, which would take them apart. */
const EXPRESSION = /\$\{\{.*?\}\}/g;

/** Variables stay what they are. What is no shell at all is one word, which nobody knows. */
function parsedWords(line: string) {
  try {
    return parse(line, (variable: string) => `\${${variable}}`);
  } catch {
    return [line.trim()];
  }
}

function pieces(line: string): readonly Omit<ShellCommand, 'where'>[] {
  const expressions: string[] = [];
  const hidden = line.replace(EXPRESSION, (whole) => `\u0001${expressions.push(whole) - 1}\u0001`);
  const shown = (word: string) => word.replace(/\u0001(\d+)\u0001/g, (_, at: string) => expressions[Number(at)] ?? '');
  const parsed = parsedWords(hidden);
  const found: { words: string[]; into: string | undefined }[] = [];
  let now: (typeof found)[number] = { words: [], into: undefined };
  let redirect = false;
  for (const token of parsed) {
    if (typeof token === 'string') {
      if (redirect) now.into = shown(token);
      else now.words.push(shown(token));
      redirect = false;
      continue;
    }
    if ('comment' in token) continue;
    const op = token.op as string;
    if (op === 'glob' && 'pattern' in token) now.words.push(shown(token.pattern));
    else if (op === '>' || op === '>>') redirect = true;
    else {
      found.push(now);
      now = { words: [], into: undefined };
    }
  }
  found.push(now);
  return found.filter(({ words }) => words.length > 0).map((one) => ({ ...one, text: one.words.join(' ') }));
}

/** Flags of a command by their names without dashes, and the words that are none. `switches` take no value. */
export function flagsOf(
  words: readonly string[],
  switches: readonly string[],
): { readonly flags: ReadonlyMap<string, readonly string[]>; readonly rest: readonly string[] } {
  const flags = new Map<string, string[]>();
  const rest: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    const [, name, value] = /^--?([A-Za-z][\w-]*)(?:=(.*))?$/s.exec(word) ?? [];
    if (name === undefined) {
      rest.push(word);
      continue;
    }
    const given = value ?? (switches.includes(name) ? '' : (words[++at] ?? ''));
    flags.set(name, [...(flags.get(name) ?? []), given]);
  }
  return { flags, rest };
}
