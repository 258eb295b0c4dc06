import { pad, textWidth, wrapText } from './width.js';

export type Cells = readonly string[];

export interface Laid {
  readonly text: string;
  /** Index of the row that the line belongs to. */
  readonly row: number;
}

/** Between two columns. */
const GAP = 2;

/** A column is not made narrower than this. */
const NARROW = 8;

/**
 * Rows as lines of at most `width` characters, one column beside the other. The widest columns give way first, and
 * their cells break into lines; a line break in a cell stays. Cells are printable text without colours.
 */
export function layColumns(
  rows: readonly Cells[],
  options: { readonly width: number; readonly aligns?: readonly ('left' | 'right' | undefined)[] },
): readonly Laid[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const wanted = Array.from({ length: count }, (_, column) =>
    Math.max(0, ...rows.flatMap((row) => (row[column] ?? '').split('\n').map((line) => textWidth(line)))),
  );
  const widths = narrow(wanted, options.width - GAP * (count - 1));
  return rows.flatMap((row, index) => {
    const cells = widths.map((width, column) => wrapText(row[column] ?? '', width));
    const height = Math.max(1, ...cells.map((lines) => lines.length));
    return Array.from({ length: height }, (_, line) => ({
      row: index,
      text: cells
        .map((lines, column) => pad(lines[line] ?? '', widths[column] ?? 0, options.aligns?.[column] ?? 'left'))
        .join(' '.repeat(GAP))
        .trimEnd(),
    }));
  });
}

/** Takes from the widest until the sum fits, or all are narrow. */
function narrow(wanted: readonly number[], room: number): readonly number[] {
  let cap = Math.max(0, ...wanted);
  const sum = () => wanted.reduce((total, width) => total + Math.min(width, cap), 0);
  while (cap > NARROW && sum() > room) cap--;
  return wanted.map((width) => Math.min(width, cap));
}
