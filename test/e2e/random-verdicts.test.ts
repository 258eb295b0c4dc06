import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'lading-random-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** `LADING_ROLLOUTS` asks for more or fewer. */
const ROLLOUTS = Number(process.env.LADING_ROLLOUTS ?? 10_000);
const LANES = 2;

interface Ran {
  readonly wrong: readonly { readonly seed: number; readonly wrongs: readonly string[] }[];
  readonly ends: Readonly<Record<string, number>>;
}

// Tasks start, die and recover; ECS's breaker decides; people stop, replace, scale and delete; reads are late, stale,
// denied and throttled, answers are lost. Whatever happens: 0 ⇔ our deployment is SUCCESSFUL and runs what was asked for,
// the end that is told is the true one, and nothing is stopped below ECS's own threshold unless its cause is certain.
test(`${ROLLOUTS} random rollouts: no verdict is wrong`, async () => {
  const bundle = join(folder, 'random-rollouts.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, '../support/random-rollouts.ts')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  const share = Math.ceil(ROLLOUTS / LANES);
  const lanes = Array.from({ length: LANES }, async (_, lane) => {
    const seeds = [lane * share + 1, Math.min((lane + 1) * share, ROLLOUTS)].map(String);
    // A fifth of the time would go into collecting what is young.
    const args = ['--max-semi-space-size=64', bundle, ...seeds];
    const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1e8 });
    return JSON.parse(stdout) as Ran;
  });
  const ran = await Promise.all(lanes);
  expect(ran.flatMap(({ wrong }) => wrong)).toEqual([]);
  // A run in which nothing goes well, or nothing fails, would prove nothing.
  const ends = ran.flatMap((one) => Object.keys(one.ends));
  expect(ends).toEqual(expect.arrayContaining(['steady 0', 'rolled-back 5', 'superseded 8', 'timeout 7']));
}, 600_000);
