import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { cli } from './command-line.js';
import { requirePython } from './tools.js';

export interface TerminalRun {
  readonly code: number | null;
  /** Every byte that the terminal got. */
  readonly raw: string;
  /** The lines that stand there in the end, without blanks behind. */
  readonly screen: readonly string[];
  /** Every picture between two steps of the program, as lines. */
  readonly pictures: readonly (readonly string[])[];
}

export interface TerminalOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly columns?: number;
  /** Goes between the shell and the words, as a redirection. */
  readonly redirect?: string;
  /** Called with all that came so far; what it returns is typed. */
  readonly type?: (raw: string) => string | undefined;
}

/** lading on a pseudo-terminal; undefined where there is no Python to make one. */
export function runInTerminal(args: readonly string[], options: TerminalOptions): Promise<TerminalRun> | undefined {
  const python = requirePython('pty', 'python3');
  if (!python) return undefined;
  const { cwd, env = {}, columns = 120, redirect = '', type } = options;
  const script = `stty cols ${columns} rows 24; exec "$@" ${redirect}`;
  const words = [join(import.meta.dirname, 'on-terminal.py'), '24', String(columns), 'sh', '-c', script, 'sh'];
  const child = spawn(python, [...words, process.execPath, cli, ...args], {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, TERM: 'xterm-256color', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let raw = '';
  const pictures: (readonly string[])[] = [];
  const screen = createScreen(columns);
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    raw += piece;
    screen.write(piece);
    pictures.push(screen.lines());
    const keys = type?.(raw);
    if (keys !== undefined) child.stdin.write(keys);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, raw, screen: screen.lines(), pictures }));
  });
}

/** As much of a terminal as a live report needs: wrapping, moving up and erasing. Throws at what it does not know. */
function createScreen(columns: number) {
  const lines: string[][] = [[]];
  let [row, column] = [0, 0];
  let rest = '';
  const down = () => {
    row++;
    lines[row] ??= [];
  };
  const put = (letter: string) => {
    if (column === columns) {
      down();
      column = 0;
    }
    const line = lines[row] as string[];
    while (line.length < column) line.push(' ');
    line[column++] = letter;
  };
  const control = (parameters: string, final: string) => {
    const count = Number(parameters || 1);
    if (final === 'A') row = Math.max(0, row - count);
    else if (final === 'B') for (let left = count; left > 0; left--) down();
    else if (final === 'G') column = count - 1;
    else if (final === 'K') (lines[row] as string[]).splice(parameters === '2' ? 0 : column);
    else if (final === 'J') {
      (lines[row] as string[]).splice(column);
      lines.splice(row + 1);
    } else if (final !== 'm' && final !== 'h' && final !== 'l')
      throw new Error(`unknown sequence ${parameters}${final}`);
  };
  return {
    write(piece: string) {
      const text = rest + piece;
      const cut = /\u001b(\[[0-9;?]*)?$/.exec(text)?.index ?? text.length;
      rest = text.slice(cut);
      for (const [whole, parameters, final] of text.slice(0, cut).matchAll(/\u001b\[([0-9;?]*)([A-Za-z])|[\s\S]/gu)) {
        if (final !== undefined) control(parameters ?? '', final);
        else if (whole === '\r') column = 0;
        else if (whole === '\n') down();
        else put(whole);
      }
    },
    lines() {
      const texts = lines.map((line) => line.join('').trimEnd());
      while (texts.at(-1) === '') texts.pop();
      return texts;
    },
  };
}
