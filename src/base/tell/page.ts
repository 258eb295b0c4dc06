/** A part of a line. A string is text as it stands: nothing in it is markup, in no language. */
export type Inline = string | { readonly code: string } | { readonly text: string; readonly href: string };

/** A line of text. A line break in it stays one. */
export type Text = Inline | readonly Inline[];

/** What a run has to show when it is over, as data: `report/page/` makes text, Markdown and HTML of it. */
export interface Page {
  readonly title: string;
  readonly blocks: readonly Block[];
}

export type Block = Facts | Table | Timeline | Log | Code | Note;

interface Titled {
  /** Stands above the block. */
  readonly title?: string | undefined;
}

interface Foldable extends Titled {
  /** Shows the title alone until someone opens it, where that can be. Wants a title. */
  readonly folded?: boolean | undefined;
}

/** Names and what they are. Rows without a value are left out. */
export interface Facts extends Titled {
  readonly type: 'facts';
  readonly rows: readonly { readonly name: string; readonly value: Text | undefined }[];
}

export interface Table extends Foldable {
  readonly type: 'table';
  readonly columns: readonly Column[];
  /** As many cells as there are columns. */
  readonly rows: readonly (readonly Text[])[];
}

export interface Column {
  readonly name: string;
  /** To the left when left out; numbers stand on the right. */
  readonly align?: 'left' | 'right' | undefined;
}

/** What ran when, side by side. */
export interface Timeline extends Titled {
  readonly type: 'timeline';
  readonly spans: readonly Span[];
}

export interface Span {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly start: number;
  readonly end: number;
  readonly failed?: boolean | undefined;
}

/** What a program or a container printed: untrusted. */
export interface Log extends Foldable {
  readonly type: 'log';
  /** Who printed it. */
  readonly source: string;
  readonly lines: readonly string[];
}

export interface Code extends Foldable {
  readonly type: 'code';
  /** As Markdown names them: `json`, `diff`, `sh`. */
  readonly language?: string | undefined;
  readonly text: string;
}

/** Something to read before all else. */
export interface Note {
  readonly type: 'note';
  /** `good` is what went well. */
  readonly level: 'good' | 'info' | 'warning' | 'error';
  readonly text: Text;
}

/** The parts of a line. */
export function partsOf(text: Text): readonly Inline[] {
  return isParts(text) ? text : [text];
}

function isParts(text: Text): text is readonly Inline[] {
  return Array.isArray(text);
}
