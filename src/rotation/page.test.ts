import { describe, expect, it } from 'vitest';
import { rotationPage } from './page.js';
import type { RotatedSecret, RotateResult } from './result.js';

function resultOf(secrets: readonly RotatedSecret[], more: Partial<RotateResult> = {}): RotateResult {
  return { mode: 'rotate', secrets, registries: [], requests: 9, writes: 3, ...more };
}

const shop: RotatedSecret = { place: 'acme/shop', secret: 'ECR_PASSWORD', action: 'updated' };

describe('the page of a rotation', () => {
  it('shows what failed first, and the schedule above all', () => {
    const error = { kind: 'remote', code: 'X', message: 'GitHub answered 500' } as const;
    const page = rotationPage(
      resultOf([{ ...shop, action: 'fresh' }, shop, { ...shop, place: 'acme/b', action: 'failed', error }], {
        schedule: { workflow: 'rotate.yml', verdict: 'disabled', state: 'disabled_manually' },
      }),
    );
    expect(page.title).toBe('Rotation: 1 fresh, 1 updated, 1 failed');
    const [table] = page.blocks;
    expect(table?.type === 'table' && table.rows.map((row) => row.slice(0, 2))).toEqual([
      ['disabled', { code: 'rotate.yml' }],
      ['failed', { code: 'acme/b' }],
      ['updated', { code: 'acme/shop' }],
      ['fresh', { code: 'acme/shop' }],
    ]);
  });

  it('has at most a hundred rows, and says how many it leaves out', () => {
    const { blocks } = rotationPage(resultOf(Array<RotatedSecret>(5000).fill(shop)));
    const [table, note] = blocks;
    expect(table?.type === 'table' && table.rows.length).toBe(100);
    expect(note).toMatchObject({ type: 'note', text: '…and 4900 more.' });
  });
});
