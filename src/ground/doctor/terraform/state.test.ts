import { expect, test } from 'vitest';
import { runChecks } from '../check.js';
import type { StateScene } from './state.js';
import { stateChecks } from './state.js';

const NOW = Date.parse('2026-11-24T12:00:00Z');
const minutes = (count: number) => NOW - count * 60_000;
const lock = 'bucket = "acme-state"\nkey = "shop/service.tfstate"\nregion = "eu-west-1"\nuse_lockfile = true\n';
const table = lock.replace('use_lockfile = true', 'dynamodb_table = "locks"');

async function find(reads: Partial<StateScene['reads']>, backend = lock, terraform = '') {
  const asked: unknown[] = [];
  const scene: StateScene = {
    now: NOW,
    region: 'eu-central-1',
    account: '123456789012',
    files: {
      terraform: [{ path: 'main.tf', text: terraform }],
      backends: [{ path: 'service.tfbackend', text: backend }],
    },
    reads: {
      bucket: async (...args) => (asked.push(args), 'there' as const),
      lockFile: async (...args) => (asked.push(args), undefined),
      lockItem: async (...args) => (asked.push(args), undefined),
      ...reads,
    },
  };
  const found = await runChecks(stateChecks, scene, new AbortController().signal);
  return { asked, told: found.map(({ state, what }) => `${state}: ${what}`) };
}

test('a state that is free is asked for where its backend says', async () => {
  expect(await find({})).toEqual({
    told: ['ok: the state bucket acme-state is there'],
    asked: [
      ['acme-state', 'eu-west-1'],
      ['acme-state', 'shop/service.tfstate', 'eu-west-1'],
    ],
  });
  expect((await find({}, table)).asked).toContainEqual(['locks', 'acme-state/shop/service.tfstate', 'eu-west-1']);
});

// prettier-ignore
const cases: readonly (readonly [string, Partial<StateScene['reads']>, string, string])[] = [
  ['no bucket', { bucket: async () => 'missing' }, lock, 'wrong: the state bucket acme-state does not exist'],
  ['a bucket of others', { bucket: async () => 'foreign' }, lock, 'wrong: the state bucket acme-state is not of account 123456789012, or may not be listed'],
  ['a lock of now', { lockFile: async () => minutes(5) }, lock, 'ok: the state acme-state/shop/service.tfstate is locked since 2026-11-24T11:55:00.000Z'],
  ['a lock that was left behind', { lockFile: async () => minutes(90) }, lock, 'wrong: the state acme-state/shop/service.tfstate is locked since 2026-11-24T10:30:00.000Z'],
  ['a lock of a table', { lockItem: async () => ({ Who: 'ci@runner', Created: '2026-11-24T09:00:00Z' }) }, table, 'wrong: the state acme-state/shop/service.tfstate is locked by ci@runner since 2026-11-24T09:00:00.000Z'],
  ['no lock at all', {}, lock.replace('use_lockfile = true', ''), 'ok: nothing locks the state acme-state/shop/service.tfstate'],
];
test.each(cases)('%s', async (_, reads, backend, told) => {
  expect((await find(reads, backend)).told).toEqual([told]);
});

test('a backend in the stack, and one that is still to be filled in', async () => {
  const text =
    'terraform {\n  backend "s3" {\n    bucket = "other-state"\n    key    = "x"\n    use_lockfile = true\n  }\n}\n';
  expect((await find({}, 'bucket = "BUCKET"\n', text)).told).toEqual(['ok: the state bucket other-state is there']);
  expect((await find({}, 'bucket = "${var.x}"\n', 'terraform {\n  backend "s3" {}\n}\n')).told).toEqual([]);
});
