import { describe, expect, it } from 'vitest';
import { explainSchedule } from './check.js';
import { judgeSchedule, type ScheduleState, type ScheduleVerdict } from './schedule.js';

const hour = 3_600_000;
const now = Date.UTC(2026, 10, 23, 12);
const maxAge = 8 * hour;
const old = { state: 'active', createdAt: now - 900 * hour };
const ended = (conclusion: string) => ({ conclusion, url: 'https://github.com/acme/shop/actions/runs/1' });

const table: readonly (readonly [string, ScheduleState | undefined, ScheduleVerdict])[] = [
  ['no workflow', undefined, 'missing'],
  ['ran an hour ago', { ...old, lastRunAt: now - hour, lastEnd: ended('success') }, 'on time'],
  ['runs at this moment for the first time', { ...old, lastRunAt: now - 1000 }, 'on time'],
  ['ran long ago', { ...old, lastRunAt: now - 8 * hour, lastEnd: ended('success') }, 'late'],
  ['never ran', { ...old }, 'late'],
  ['never ran by itself', { ...old, lastEnd: ended('success') }, 'late'],
  ['was made an hour ago', { state: 'active', createdAt: now - hour }, 'new'],
  ['was made and started by hand', { state: 'active', createdAt: now - hour, lastEnd: ended('success') }, 'new'],
  [
    'was made, and its first run failed',
    { state: 'active', createdAt: now - hour, lastEnd: ended('failure') },
    'failed',
  ],
  ['failed an hour ago', { ...old, lastRunAt: now - hour, lastEnd: ended('failure') }, 'failed'],
  ['could not start', { ...old, lastRunAt: now - hour, lastEnd: ended('startup_failure') }, 'failed'],
  ['timed out', { ...old, lastRunAt: now - hour, lastEnd: ended('timed_out') }, 'failed'],
  ['is disabled, and ran an hour ago', { ...old, state: 'disabled_manually', lastRunAt: now - hour }, 'disabled'],
  ['fell asleep', { ...old, state: 'disabled_inactivity', lastRunAt: now - 9 * hour }, 'disabled'],
];

describe('a schedule that', () => {
  it.each(table)('%s', (_, found, verdict) => {
    expect(judgeSchedule(found, { now, maxAge })).toBe(verdict);
    const told = explainSchedule(verdict, found, 'acme/shop', 'rotate.yml');
    if (verdict === 'on time' || verdict === 'new') expect(told).toBeUndefined();
    else expect(told?.join(' ')).toMatch(/rotate\.yml.*acme\/shop|acme\/shop.*rotate\.yml/);
  });

  it('GitHub disabled is named, with the way to enable it', () => {
    const found = { ...old, state: 'disabled_inactivity' };
    expect(explainSchedule('disabled', found, 'acme/shop', 'rotate.yml')).toEqual([
      'the workflow rotate.yml of acme/shop is disabled_inactivity: nothing was pushed for 60 days',
      'Enable it: gh workflow enable rotate.yml --repo acme/shop',
    ]);
  });
});
