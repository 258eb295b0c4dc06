import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { virtualClock } from '../../src/base/clock.js';
import type { Context } from '../../src/base/context.js';
import { camelCase, type ValuesOf } from '../../src/base/declare/input.js';
import type { ReportEvent } from '../../src/base/tell/report.js';
import { initRotate, type InitRotateResult } from '../../src/commands/init-rotate.js';

export type InitValues = ValuesOf<typeof initRotate.inputs>;

/** Where this checkout is released, as the workflows of the tests name it. */
export const released = 'harbour-tools/lading@v1';
export const repository = '123456789012.dkr.ecr.eu-central-1.amazonaws.com/ci/node';

/** `lading init rotate` in a folder, with what every form needs. */
export async function init(
  cwd: string,
  given: Partial<InitValues> = {},
  world: Partial<Pick<Context, 'env' | 'report'>> = {},
): Promise<InitRotateResult> {
  const defaults = Object.entries(initRotate.inputs).map(([name, { default: value }]) => [
    camelCase(name),
    value as unknown,
  ]);
  const values = {
    ...Object.fromEntries(defaults),
    registry: ['123456789012.eu-central-1'],
    image: ['ci/node:22'],
    role: 'arn:aws:iam::123456789012:role/rotate',
    action: released,
    ...given,
  } as InitValues;
  return initRotate.run(values, {
    env: {},
    cwd,
    http: () => Promise.reject(new Error('nothing is asked')),
    exec: () => Promise.reject(new Error('nothing is run')),
    clock: virtualClock(),
    report: (_: ReportEvent) => undefined,
    signal: new AbortController().signal,
    ...world,
  });
}

/** The workflows in the folder, by their names. */
export async function workflowsIn(cwd: string): Promise<Readonly<Record<string, string>>> {
  const folder = join(cwd, '.github/workflows');
  const names = (await readdir(folder)).sort();
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const)),
  );
}
