/** One thing of a body: `name = value`, or `type "label" { … }`. Offsets are of UTF-16 code units. */
export type HclItem = HclAttribute | HclBlock;

export interface HclAttribute {
  readonly is: 'attribute';
  readonly name: string;
  readonly start: number;
  /** As it stands, without comments behind it. */
  readonly value: string;
  readonly valueStart: number;
}

export interface HclBlock {
  readonly is: 'block';
  readonly type: string;
  readonly labels: readonly string[];
  readonly start: number;
  readonly items: readonly HclItem[];
}

/** Deeper than anybody writes. */
const DEEPEST = 40;

/**
 * The structure of a file of Terraform, as far as it goes: what cannot be read is left out. Values stay texts.
 * https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md
 */
export function parseHcl(text: string): readonly HclItem[] {
  return new Reader(text).body(0);
}

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  body(depth: number): readonly HclItem[] {
    const items: HclItem[] = [];
    for (;;) {
      this.skipBlank();
      if (this.at >= this.text.length) return items;
      if (this.text[this.at] === '}') {
        this.at++;
        return items;
      }
      const item = this.item(depth);
      if (item) items.push(item);
    }
  }

  private item(depth: number): HclItem | undefined {
    const start = this.at;
    const name = this.take(/[A-Za-z_][\w-]*/y);
    if (name === undefined) {
      this.at++;
      return undefined;
    }
    const labels: string[] = [];
    for (;;) {
      this.take(/[ \t]+/y);
      const char = this.text[this.at];
      if (char === '=' && this.text[this.at + 1] !== '=') {
        this.at++;
        this.take(/[ \t]+/y);
        const valueStart = this.at;
        this.value();
        const value = this.text
          .slice(valueStart, this.at)
          .replace(/\s*(#|\/\/)[^"\n]*$/, '')
          .trimEnd();
        return { is: 'attribute', name, start, value, valueStart };
      }
      if (char === '{') {
        this.at++;
        if (depth > DEEPEST) {
          this.at = this.text.length;
          return undefined;
        }
        return { is: 'block', type: name, labels, start, items: this.body(depth + 1) };
      }
      if (char === '"') {
        const from = this.at + 1;
        this.string();
        labels.push(this.text.slice(from, this.at - 1));
        continue;
      }
      const word = this.take(/[A-Za-z_][\w-]*/y);
      if (word === undefined) {
        // Not of this language: the rest of the line is nothing.
        this.take(/[^\n]*/y);
        return undefined;
      }
      labels.push(word);
    }
  }

  /** To the end of the line, or of what is open there. */
  private value(): void {
    let open = 0;
    while (this.at < this.text.length) {
      const char = this.text[this.at] ?? '';
      if (char === '\n' && open === 0) return;
      if (char === '}' && open === 0) return;
      if (char === '"') this.string();
      else if (this.text.startsWith('<<', this.at) && this.heredoc()) continue;
      else if (this.comment()) continue;
      else {
        if ('([{'.includes(char)) open++;
        if (')]}'.includes(char)) open--;
        this.at++;
      }
    }
  }

  private string(): void {
    this.at++;
    while (this.at < this.text.length) {
      const char = this.text[this.at];
      if (char === '\\') this.at += 2;
      else if (char === '"') {
        this.at++;
        return;
      } else if (char === '\n') return;
      else if (/[$%]/.test(char ?? '') && this.text[this.at + 1] === '{') this.template();
      else this.at++;
    }
  }

  private template(): void {
    this.at += 2;
    let open = 1;
    while (this.at < this.text.length && open > 0) {
      const char = this.text[this.at];
      if (char === '"') this.string();
      else {
        if (char === '{') open++;
        if (char === '}') open--;
        if (char === '\n') return;
        this.at++;
      }
    }
  }

  private heredoc(): boolean {
    const word = this.take(/<<-?([A-Za-z_]\w*)[ \t]*\r?\n/y)
      ?.replace(/^<<-?/, '')
      .trim();
    if (word === undefined) return false;
    for (;;) {
      const line = this.take(/[^\n]*/y) ?? '';
      if (line.trim() === word || this.at >= this.text.length) return true;
      this.at++;
    }
  }

  private skipBlank(): void {
    while (this.take(/\s+/y) !== undefined || this.comment());
  }

  private comment(): boolean {
    if (this.text.startsWith('/*', this.at)) {
      const end = this.text.indexOf('*/', this.at + 2);
      this.at = end < 0 ? this.text.length : end + 2;
      return true;
    }
    return this.take(/(#|\/\/)[^\n]*/y) !== undefined;
  }

  private take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined || found === '') return undefined;
    this.at += found.length;
    return found;
  }
}
