import { expect, test } from 'vitest';
import { rotationFindings } from './rotation.js';

const of = (action: string, more: object = {}) => ({ place: 'acme/shop', secret: 'ECR_PASSWORD', action, ...more });
const told = (age: Parameters<typeof rotationFindings>[0]) =>
  rotationFindings(age).map(({ state, what }) => `${state}: ${what}`);

test('a secret by its age', () => {
  const secrets = [
    of('fresh', { ageSeconds: 3600 }),
    of('stale', { ageSeconds: 50_000 }),
    of('missing'),
    of('failed', { error: { message: 'it is refused', hint: 'Ask.' } }),
  ];
  expect(told({ secrets })).toEqual([
    'ok: the secret ECR_PASSWORD of acme/shop is 1h00m old',
    'wrong: the secret ECR_PASSWORD of acme/shop is 13h53m old: its password expires, or has expired',
    'wrong: the secret ECR_PASSWORD of acme/shop does not exist',
    'unknown: how old ECR_PASSWORD of acme/shop is: it is refused',
  ]);
});

test('a schedule by its verdict', () => {
  const schedule = (verdict: string, state?: string) =>
    told({ secrets: [], schedule: { workflow: 'rotate.yml', verdict, state } });
  expect(schedule('on time')).toEqual([]);
  expect(schedule('new')).toEqual([]);
  expect(schedule('disabled', 'disabled_inactivity')).toEqual([
    'wrong: the schedule of rotate.yml is disabled (disabled_inactivity)',
  ]);
  expect(schedule('late')).toEqual(['wrong: the schedule of rotate.yml is late']);
});
