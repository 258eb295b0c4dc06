import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { childEnvironment } from '../../base/child-environment.js';
import type { Context } from '../../base/context.js';
import { ToolError } from '../../base/errors.js';
import { howItEnded } from '../../base/exec.js';
import { pathExists } from '../../base/files.js';
import type { Report } from '../../base/report.js';
import { say, withTask } from '../../base/report.js';
import type { Entry } from '../layer/entry.js';
import { findOutput } from './next-output.js';
import { ANYWHERE, walkFolder } from '../layer/walk.js';
import { findWorkspace, membersFor } from './workspace.js';

type BuildContext = Pick<Context, 'exec' | 'env' | 'report' | 'clock' | 'signal'>;

/** Beside the output of our own builds: the digest of the sources that it was made from. */
const RECORD = 'lading-build.json';

/**
 * Runs the app's own build script when there is no output, or when the sources are others than those of the last
 * build that lading ran. What the user built himself is taken as it is. The script gets no secret of ours but those of
 * the names in `passEnv`.
 */
export async function ensureBuilt(app: string, context: BuildContext, passEnv: readonly string[] = []): Promise<void> {
  const output = await findOutput(app);
  const [built, record] = await Promise.all([pathExists(join(app, output, 'BUILD_ID')), readRecord(app, output)]);
  if (built && record === undefined) return warnOfOld(app, output, context.report);
  const sources = hashSources(app, output);
  if (built && record === sources) return;
  const manager = await packageManagerOf(app);
  const why = built ? 'its sources changed' : 'it is not built yet';
  say(context.report, 'info', `The app is built with ${manager} run build: ${why}.`);
  await withTask(context, 'Build the app', async () => {
    const { env: passed, withheld } = childEnvironment(context.env, passEnv);
    const env = { ...passed, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' };
    const tail: string[] = [];
    const ended = await context.exec(manager, ['run', 'build'], {
      cwd: app,
      env,
      signal: context.signal,
      keep: 0,
      onLine(text) {
        context.report({ type: 'line', source: 'build', text });
        tail.push(text);
        if (tail.length > 20) tail.shift();
      },
    });
    if (ended.code === 0) return;
    throw new ToolError(
      'tool',
      `${manager} run build in ${app} ${howItEnded(ended)}: ${tail.filter((line) => line.trim()).at(-1) ?? 'it printed nothing'}`,
      {
        code: 'BUILD_FAILED',
        hint: `Run \`${manager} run build\` in ${app} to see all it says; are its packages installed?${withoutText(withheld)}`,
        details: { lastLines: tail },
      },
    );
  });
  await writeFile(join(app, await findOutput(app), RECORD), `${JSON.stringify({ sources })}\n`).catch(() => undefined);
}

/** What a script may miss: a name that is only ours is none of its needs. */
function withoutText(withheld: readonly string[]): string {
  const names = withheld.filter((name) => !/^(LADING|INPUT|ACTIONS)_/i.test(name));
  if (names.length === 0) return '';
  return ` It ran without ${names.join(', ')}: name what it needs with --pass-env.`;
}

/** The user's own build is shipped as it is, but not in silence when it is not of these sources. */
function warnOfOld(app: string, output: string, report: Report): void {
  const built = statSync(join(app, output, 'BUILD_ID')).mtimeMs;
  const newer = sourcesOf(app, output).find((entry) => entry.type === 'file' && statSync(entry.file).mtimeMs > built);
  if (!newer) return;
  const hint = `Build again, or remove ${output}: then lading builds.`;
  say(report, 'warning', `${newer.name} is newer than the app's build in ${output}, which is packed as it is`, hint);
}

async function readRecord(app: string, output: string): Promise<string | undefined> {
  const text = await readFile(join(app, output, RECORD), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  return (JSON.parse(text) as { sources?: string }).sources;
}

const NOT_SOURCES = new Set(['node_modules', '.next', '.git', '.lading', 'lading.yml', 'coverage', '.turbo']);

/** By content: file times differ between two copies of one folder. */
function hashSources(app: string, output: string): string {
  const hash = createHash('sha256');
  const workspace = findWorkspace(app);
  for (const folder of [workspace.app, ...membersFor(workspace)]) {
    hash.update(`${relative(workspace.root, folder)}\0`);
    for (const entry of sourcesOf(folder, output)) {
      hash.update(`${entry.name}\0${entry.type === 'link' ? entry.link : ''}\0`);
      if (entry.type === 'file') hash.update(readFileSync(entry.file));
    }
  }
  return hash.digest('hex');
}

/** Public files are packed as they are, not built. */
function sourcesOf(folder: string, output: string): Entry[] {
  const all = walkFolder(folder, {
    into: '',
    within: ANYWHERE,
    accept: (path) =>
      !NOT_SOURCES.has(path.split('/').at(-1) ?? '') &&
      path !== 'public' &&
      path !== output &&
      !/\.(tsbuildinfo|md)$/.test(path) &&
      path !== 'next-env.d.ts',
  });
  return all.filter((entry) => entry.type !== 'folder');
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
