import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { childEnvironment } from '../base/programs/child-environment.js';
import type { Context } from '../base/context.js';
import { LadingError } from '../base/errors.js';
import type { ExecRequest } from '../base/programs/exec.js';
import { pathExists } from '../base/files/files.js';
import { makeOwnFolder } from '../base/files/own-folder.js';
import { withTask } from '../base/tell/report.js';

type DemoContext = Pick<Context, 'exec' | 'env' | 'report' | 'clock' | 'signal'>;

const PARTS = ['app', 'public', 'package.json', 'package-lock.json', 'next.config.mjs'];

/** The example app in a folder of its own, with its packages, as a git repository with one commit. */
export async function prepareDemoApp(directory: string, context: DemoContext): Promise<void> {
  await makeOwnFolder(directory);
  await mkdir(directory, { recursive: true });
  await rm(join(directory, 'instrumentation.js'), { force: true });
  const example = await findExample();
  for (const part of PARTS) await cp(join(example, part), join(directory, part), { recursive: true, force: true });
  await writeFile(join(directory, '.gitignore'), 'node_modules/\n.next/\n.lading/\n');
  await withTask(context, 'Install the packages of the app', async () => {
    if (await hasPackages(directory, example)) return;
    await run(context, directory, 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  });
  await rm(join(directory, '.git'), { recursive: true, force: true });
  await commitAll(directory, 'The demo sets sail', context);
}

/** Commits what the demo changed; without git the demo goes on without commits. */
export async function commitAll(directory: string, message: string, context: DemoContext): Promise<void> {
  const identity = ['-c', 'user.name=demo', '-c', 'user.email=demo@example.com', '-c', 'commit.gpgsign=false'];
  try {
    for (const args of [
      ['init', '--quiet'],
      ['add', '--all'],
      [...identity, 'commit', '--quiet', '--message', message],
    ])
      await context.exec('git', args, inFolder(directory, context));
  } catch (error) {
    if (error instanceof LadingError && error.code === 'TOOL_MISSING') return;
    throw error;
  }
}

/** One line of the page: only the layer with the app's own code should move. */
export async function changeHeadline(directory: string, headline: string): Promise<void> {
  await writeFile(join(directory, 'app/headline.js'), `export const headline = ${JSON.stringify(headline)};\n`);
}

/** What breaks most deployments: a new version wants a setting that nobody has made. */
export async function breakApp(directory: string): Promise<void> {
  const lines = [
    'export async function register() {',
    "  if (process.env.NEXT_RUNTIME !== 'nodejs' || process.env.DATABASE_URL) return;",
    "  console.error('DATABASE_URL is not set: the orders cannot be read');",
    '  process.exit(1);',
    '}',
    '',
  ];
  await writeFile(join(directory, 'instrumentation.js'), lines.join('\n'));
}

/** The example lies beside the built files in a checkout and in the published package alike. */
async function findExample(): Promise<string> {
  for (let at = dirname(fileURLToPath(import.meta.url)); at !== dirname(at); at = dirname(at)) {
    const folder = join(at, 'examples/next-app');
    if (await pathExists(join(folder, 'package.json'))) return folder;
  }
  throw new LadingError('tool', 'the example app is not in this installation of lading', {
    code: 'EXAMPLE_MISSING',
    hint: 'Install lading from npm, or run the demo in a clone of its repository.',
  });
}

async function hasPackages(directory: string, example: string): Promise<boolean> {
  const installed = join(directory, 'node_modules/.package-lock.json');
  const [wanted, have] = await Promise.all([
    readFile(join(example, 'package-lock.json'), 'utf8'),
    readFile(installed, 'utf8').catch(() => undefined),
  ]);
  if (have === undefined) return false;
  const versionOf = (text: string) =>
    (JSON.parse(text) as { packages?: Record<string, { version?: string }> }).packages?.['node_modules/next']?.version;
  return versionOf(wanted) === versionOf(have);
}

/** Programs of others get none of our secrets. */
function inFolder(cwd: string, context: DemoContext): ExecRequest {
  return { cwd, env: childEnvironment(context.env).env, signal: context.signal };
}

async function run(context: DemoContext, cwd: string, program: string, args: readonly string[]): Promise<void> {
  const { code, stderr } = await context.exec(program, args, inFolder(cwd, context));
  if (code === 0) return;
  throw new LadingError(
    'tool',
    `${program} ${args[0] ?? ''} in ${cwd} ended with ${code}: ${stderr.trim().split('\n').at(-1) ?? ''}`,
    {
      code: 'TOOL_FAILED',
      hint: `Run it by hand in ${cwd} to see all it says.`,
    },
  );
}
