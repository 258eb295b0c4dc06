import type { Readable } from 'node:stream';

/** A line may be as long as its program likes; nobody reads more of it. */
const LINE_LIMIT = 8192;

export interface Output {
  /** The last characters that came, as they came. */
  text(): string;
  truncated(): boolean;
}

/** Reads a stream of UTF-8 to its end: keeps its tail, and tells each line without its end. */
export function collectOutput(stream: Readable | null, keep: number, onLine: (line: string) => void): Output {
  let pieces: string[] = [];
  let length = 0;
  let truncated = false;
  const lines = splitLines(onLine);
  stream?.setEncoding('utf8');
  stream?.on('data', (text: string) => {
    pieces.push(text);
    length += text.length;
    if (length > 2 * keep) cut();
    lines.push(text);
  });
  stream?.once('end', () => lines.end());
  stream?.on('error', () => lines.end());

  function cut(): void {
    const all = pieces.join('');
    truncated ||= all.length > keep;
    pieces = [all.slice(Math.max(0, all.length - keep))];
    length = pieces[0]?.length ?? 0;
  }

  return {
    text() {
      cut();
      return pieces[0] ?? '';
    },
    truncated: () => truncated,
  };
}

/** At `\n`, `\r\n` and, as of progress that overwrites itself, `\r`; what is longer than anyone reads is cut. */
export function splitLines(onLine: (line: string) => void): { push(text: string): void; end(): void } {
  let held = '';
  let cutOff = false;
  let afterReturn = false;

  function add(text: string): void {
    if (held.length + text.length > LINE_LIMIT) cutOff = true;
    if (held.length < LINE_LIMIT) held = (held + text).slice(0, LINE_LIMIT);
  }

  function finish(): void {
    onLine(cutOff ? `${held}…` : held);
    held = '';
    cutOff = false;
  }

  return {
    push(text) {
      if (text === '') return;
      let from = afterReturn && text.startsWith('\n') ? 1 : 0;
      afterReturn = text.endsWith('\r');
      for (let at = from; at < text.length; at++) {
        const code = text.charCodeAt(at);
        if (code !== LF && code !== CR) continue;
        add(text.slice(from, at));
        finish();
        if (code === CR && text.charCodeAt(at + 1) === LF) at++;
        from = at + 1;
      }
      add(text.slice(from));
    },
    end() {
      if (held !== '') finish();
    },
  };
}

const LF = 10;
const CR = 13;
