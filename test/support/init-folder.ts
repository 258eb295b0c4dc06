import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { virtualClock } from '../../src/base/clock.js';
import type { Context } from '../../src/base/context.js';
import type { ReportEvent } from '../../src/base/tell/report.js';
import { init } from '../../src/commands/init.js';
import { initRollback } from '../../src/commands/init-rollback.js';
import { initShip } from '../../src/commands/init-ship.js';
import { ship } from '../../src/commands/ship.js';
import { wholeShape } from '../../src/entry/inputs/file/whole-shape.js';
import { readInputs } from '../../src/entry/inputs/read-inputs.js';
import type { InitResult } from '../../src/ground/init/init.js';
import type { InitValues } from '../../src/ground/init/request.js';

/** Where this checkout is released, as the workflows of the tests name it. */
export const released = 'harbour-tools/lading@v1';
export const shop = '123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop';

/** A folder with these files, which is a repository of git. */
export function folderOf(files: Readonly<Record<string, string | object>> = {}): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'lading-init-')));
  mkdirSync(join(folder, '.git'));
  put(folder, files);
  return folder;
}

export function put(folder: string, files: Readonly<Record<string, string | object>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
}

/** Every file below, but those of git. */
export function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => !path.startsWith('.git/'))
    .sort();
}

export function textIn(folder: string, path: string): string {
  return readFileSync(join(folder, path), 'utf8');
}

const verbs = { all: init, ship: initShip, rollback: initRollback };

/** `lading init`, or the verb of one workflow, in a folder, by way of everything but the command line. */
export async function initIn(
  cwd: string,
  values: InitValues = {},
  world: Partial<Context> = {},
  part: keyof typeof verbs = 'all',
): Promise<InitResult & { readonly events: readonly ReportEvent[] }> {
  const events: ReportEvent[] = [];
  const env = world.env ?? { AWS_EC2_METADATA_DISABLED: 'true', HOME: cwd };
  // The door reads the file first, and tells its mistakes.
  const { configFile } = await readInputs({ ...request(cwd, env), command: init });
  const context = {
    ...worldIn(cwd, env),
    configFile,
    report: (event: ReportEvent) => void events.push(event),
    ...world,
  };
  const result = await verbs[part].run({ ...undefinedInputs(), ...values } as Parameters<typeof init.run>[0], context);
  return { ...result, events };
}

/** A world in which nothing is asked, and no program runs. */
export function worldIn(cwd: string, env: Context['env'] = {}): Context {
  return {
    env,
    cwd,
    http: () => Promise.reject(new Error('nothing is asked')),
    exec: () => Promise.reject(new Error('nothing is run')),
    clock: virtualClock(),
    report: () => undefined,
    signal: new AbortController().signal,
  };
}

function undefinedInputs(): Readonly<Record<string, undefined>> {
  return Object.fromEntries(Object.keys(init.inputs).map((name) => [name, undefined]));
}

/** What `lading ship` would get from the file in a folder. Throws with every mistake in it. */
export async function readBack(cwd: string): Promise<Readonly<Record<string, unknown>>> {
  const { values } = await readInputs({ ...request(cwd, {}), command: ship });
  return values;
}

function request(cwd: string, env: Readonly<Record<string, string | undefined>>) {
  return {
    given: new Map(),
    issues: [],
    nameOf: (name: string) => `--${name}`,
    env: env as Record<string, string>,
    cwd,
    config: undefined,
    environment: undefined,
    wholeShape,
  };
}
