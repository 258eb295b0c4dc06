import type { Page, Text } from '../base/tell/page.js';
import { countText, firstExpiry, scheduleRows, secretRow, type RotateResult } from './result.js';

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

/** The page of a rotation: what failed first, then what changed. */
export function rotationPage(result: RotateResult): Page {
  const sorted = [...result.secrets].sort((a, b) => order.indexOf(a.action) - order.indexOf(b.action));
  const hidden = sorted.length - rowsShown;
  return {
    title: `Rotation: ${countText(result)}`,
    blocks: [
      {
        type: 'table',
        columns: [{ name: '' }, { name: 'Place' }, { name: 'Secret' }, { name: '' }],
        rows: [...scheduleRows(result), ...sorted.slice(0, rowsShown).map(secretRow)].map(cells),
      },
      ...(hidden > 0 ? [{ type: 'note', level: 'info', text: `…and ${hidden} more.` } as const] : []),
      {
        type: 'facts',
        rows: [
          { name: 'First password to expire', value: firstExpiry(result) },
          ...result.registries.map(({ secret, registry }) => ({
            name: `Registry of ${secret}`,
            value: { code: registry },
          })),
          { name: 'Requests to GitHub', value: `${result.requests}, ${result.writes} of them writes` },
        ],
      },
    ],
  };
}

function cells([action = '', place = '', secret = '', remark = '']: readonly string[]): readonly Text[] {
  return [action, { code: place }, { code: secret }, remark];
}
