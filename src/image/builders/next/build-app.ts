import { realpathSync, statSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { childEnvironment } from '../../../base/programs/child-environment.js';
import { ToolError } from '../../../base/errors.js';
import { howItEnded } from '../../../base/programs/exec.js';
import { pathExists } from '../../../base/files/files.js';
import { say, withTask } from '../../../base/tell/report.js';
import { lockFile } from '../../lock-layout.js';
import type { AppToPack, BuilderContext } from '../builder.js';
import { findOutput } from './configuration.js';
import { causeFinder } from './cause.js';
import { hashSources, newerSource } from './sources.js';

/** Beside the output of our own builds: the digest of the sources that it was made from. */
const RECORD = 'lading-build.json';

export type AppToBuild = Pick<AppToPack, 'app' | 'passEnv' | 'output'>;

/**
 * Runs the app's own build script when there is no output, or when the sources are others than those of the last
 * build that lading ran. What the user built himself is taken as it is.
 */
export async function ensureBuilt(request: AppToBuild, context: BuilderContext): Promise<void> {
  const { app } = request;
  const output = await findOutput(app);
  const [built, record] = await Promise.all([pathExists(join(app, output, 'BUILD_ID')), readRecord(app, output)]);
  const without = [join(app, output), request.output, lockFile(request.output)].map(realPath);
  if (built && record === undefined) {
    const newer = newerSource(app, statSync(join(app, output, 'BUILD_ID')).mtimeMs, without);
    const hint = `Build again, or remove ${output}: then lading builds.`;
    if (newer === undefined) return;
    // The user's own build is shipped as it is, but not in silence when it is not of these sources.
    say(
      context.report,
      'warning',
      `${newer} is newer than the app's build in ${output}, which is packed as it is`,
      hint,
    );
    return;
  }
  const sources = hashSources(app, without);
  if (built && record === sources) return;
  await build(request, built ? 'its sources changed' : 'it is not built yet', context);
  await writeFile(join(app, await findOutput(app), RECORD), `${JSON.stringify({ sources })}\n`).catch(() => undefined);
}

async function build({ app, passEnv }: AppToBuild, why: string, context: BuilderContext): Promise<void> {
  const manager = await packageManagerOf(app);
  say(context.report, 'info', `The app is built with ${manager} run build: ${why}.`);
  await withTask(context, 'Build the app', async () => {
    const { env, withheld } = childEnvironment(context.env, passEnv);
    const cause = causeFinder();
    const ended = await context.exec(manager, ['run', 'build'], {
      cwd: app,
      env: { ...env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
      signal: context.signal,
      keep: 0,
      onLine(text) {
        context.report({ type: 'line', source: 'build', text });
        cause.push(text);
      },
    });
    if (ended.code === 0) return;
    const { first, last } = cause.found();
    throw new ToolError('tool', `${manager} run build in ${app} ${howItEnded(ended)}: ${first}`, {
      code: 'BUILD_FAILED',
      hint: `Run \`${manager} run build\` in ${app} to see all it says; are its packages installed?${withoutText(withheld)}`,
      details: { cause: first, lastLines: last },
    });
  });
}

/** What a script may miss: a name that is only ours is none of its needs. */
function withoutText(withheld: readonly string[]): string {
  const names = withheld.filter((name) => !/^(LADING|INPUT|ACTIONS)_/i.test(name));
  if (names.length === 0) return '';
  return ` It ran without ${names.join(', ')}: name what it needs with --pass-env.`;
}

/** Undefined when there is none, or none that can be read: then the app is built again or taken as it is. */
async function readRecord(app: string, output: string): Promise<string | undefined> {
  const text = await readFile(join(app, output, RECORD), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : /"sources":\s*"([0-9a-f]{64})"/.exec(text)?.[1];
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** By the lockfile, in this folder or above it. */
export async function packageManagerOf(app: string): Promise<'npm' | 'pnpm' | 'yarn'> {
  for (let at = app, last = ''; at !== last; last = at, at = join(at, '..')) {
    if (await pathExists(join(at, 'pnpm-lock.yaml'))) return 'pnpm';
    if (await pathExists(join(at, 'yarn.lock'))) return 'yarn';
    if (await pathExists(join(at, 'package-lock.json'))) return 'npm';
  }
  return 'npm';
}
