import { countText, firstExpiry, scheduleRows, secretRow, type RotateResult } from './result.js';

/** The page of a rotation, as data: what the job summary shows. */
export interface RotationPage {
  readonly title: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly table: { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };
  readonly notes: readonly string[];
}

const rowsShown = 100;
const order = [
  'failed',
  'untried',
  'stale',
  'missing',
  'skipped',
  'created',
  'updated',
  'planned',
  'done',
  'fresh',
] as const;

/** What failed first, then what changed. */
export function rotationPage(result: RotateResult): RotationPage {
  const sorted = [...result.secrets].sort((a, b) => order.indexOf(a.action) - order.indexOf(b.action));
  const hidden = sorted.length - rowsShown;
  const expiry = firstExpiry(result);
  return {
    title: `Rotation: ${countText(result)}`,
    facts: [
      ...(expiry === undefined ? [] : [['First password to expire', expiry] as const]),
      ...result.registries.map(({ secret, registry }) => [`Registry of ${secret}`, registry] as const),
      ['Requests to GitHub', `${result.requests}, ${result.writes} of them writes`],
    ],
    table: {
      head: ['', 'Place', 'Secret', ''],
      rows: [...scheduleRows(result), ...sorted.slice(0, rowsShown).map(secretRow)],
    },
    notes: hidden > 0 ? [`…and ${hidden} more.`] : [],
  };
}

/** As GitHub-flavoured Markdown. What comes from elsewhere stays text: no link, no mark-up, no HTML. */
export function rotationMarkdown({ title, facts, table, notes }: RotationPage): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const tableOf = (head: readonly string[], rows: readonly (readonly string[])[]) => [
    row(head),
    row(head.map(() => '---')),
    ...rows.map((cells) => row(cells.map(escaped))),
  ];
  return [
    `### ${escaped(title)}`,
    '',
    ...tableOf(table.head, table.rows),
    '',
    ...notes.flatMap((note) => [escaped(note), '']),
    ...tableOf(['', ''], facts),
  ].join('\n');
}

function escaped(text: string): string {
  return text
    .replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
    .replaceAll('&', '&amp;')
    .replace(/[\\`*_[\]#|~$]/g, '\\$&')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
