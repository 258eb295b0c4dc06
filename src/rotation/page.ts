import type { Page } from '../base/page.js';
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

/** What failed first, then what changed. */
export function rotationPage(result: RotateResult): Page {
  const sorted = [...result.secrets].sort((a, b) => order.indexOf(a.action) - order.indexOf(b.action));
  const hidden = sorted.length - rowsShown;
  const expiry = firstExpiry(result);
  return {
    title: `Rotation: ${countText(result)}`,
    blocks: [
      {
        type: 'table',
        columns: [{ name: '' }, { name: 'Place' }, { name: 'Secret' }, { name: '' }],
        rows: [...scheduleRows(result), ...sorted.slice(0, rowsShown).map(secretRow)],
      },
      ...(hidden > 0 ? [{ type: 'note' as const, level: 'info' as const, text: `…and ${hidden} more.` }] : []),
      {
        type: 'facts',
        rows: [
          { name: 'First password to expire', value: expiry },
          ...result.registries.map(({ secret, registry }) => ({ name: `Registry of ${secret}`, value: registry })),
          { name: 'Requests to GitHub', value: `${result.requests}, ${result.writes} of them writes` },
        ],
      },
    ],
  };
}
