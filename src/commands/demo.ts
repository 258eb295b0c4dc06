import { join } from 'node:path';
import { defineCommand } from '../base/command.js';
import type { Context } from '../base/context.js';
import { formatBytes } from '../base/bytes.js';
import { formatDuration } from '../base/duration.js';
import { LadingError } from '../base/errors.js';
import { replaceFile } from '../base/files.js';
import { input } from '../base/input.js';
import { say, withTask } from '../base/report.js';
import type { Sandbox } from '../sandbox/start.js';
import type { Bill } from '../release/bill.js';

interface DemoResult {
  readonly url: string;
  readonly ships: readonly { readonly title: string; readonly bill: Bill; readonly page: string }[];
  readonly ms: number;
}

const held = new WeakMap<DemoResult, () => Promise<void>>();

export const demo = defineCommand({
  name: 'demo',
  summary: 'Shows the whole journey with a real app, on a sandbox of this computer',
  description:
    'Starts a sandbox, builds a small Next.js app, ships it and fetches its page from the running task; changes one line and ships again; breaks it, ships that, and shows the verdict and the rollback. Only the packages of the app are downloaded.',
  inputs: {
    dir: input.path('Folder to work in; `.lading/demo` when left out', { placeholder: 'DIR', key: false }),
    base: input.string('Base image; made from the Node of this computer when left out', {
      placeholder: 'REF',
      key: false,
    }),
    tasks: input.choice('How tasks run', ['process', 'docker'], { default: 'process', key: false }),
    keep: input.boolean('Leave the sandbox running at the end, until Ctrl-C', { key: false }),
  },
  examples: [
    { command: 'lading demo', about: 'The whole journey' },
    { command: 'lading demo --keep', about: 'And look at the service in a browser' },
  ],
  async run(values, context): Promise<DemoResult> {
    const { breakApp, changeHeadline, commitAll, prepareDemoApp } = await import('../rehearsal/demo-app.js');
    const { startSandbox } = await import('../sandbox/start.js');
    const started = context.clock.now();
    const folder = values.dir ?? join(context.cwd, '.lading/demo');
    const app = join(folder, 'next-app');
    const tell = (text: string) => say(context.report, 'info', text);
    await prepareDemoApp(app, context);
    const sandbox = await startSandbox({ tasks: values.tasks });
    try {
      const base = values.base ?? (await hostBase(join(folder, 'base'), context));
      const url = await firstService(sandbox, base, folder, context);
      const ships: DemoResult['ships'][number][] = [];
      const go = async (title: string, word: string) => {
        tell(`\n── ${title}`);
        const bill = await shipApp(sandbox, base, app, context);
        const page = await fetchPage(url, context);
        if (!page.includes(word))
          throw new LadingError('deploy-failed', `the page does not show ${JSON.stringify(word)}`, {
            code: 'WRONG_PAGE',
          });
        const moved = bill.image.layers.filter((layer) => !layer.reused);
        tell(`${bill.outcome}: ${url} shows “${headlineOf(page)}”`);
        tell(
          `${moved.length} of ${bill.image.layers.length} layers moved (${moved.map((layer) => layer.kind).join(', ') || 'none'}), ${formatBytes(bill.image.bytesUploaded)} in ${bill.image.requests} requests`,
        );
        ships.push({ title, bill, page: headlineOf(page) });
        return bill;
      };
      await go('First ship', 'version one');
      await changeHeadline(app, 'Cargo aboard, version two');
      await commitAll(app, 'Change one line', context);
      await go('One line changed', 'version two');
      await go('The same again: nothing to do', 'version two');

      tell('\n── A broken version');
      await breakApp(app);
      await commitAll(app, 'Want a setting that nobody made', context);
      const verdict = await shipBroken(sandbox, base, app, context);
      const page = await fetchPage(url, context);
      tell(`${verdict.outcome}: ${verdict.message}`);
      tell(`${url} still shows “${headlineOf(page)}”`);
      ships.push({ title: 'A broken version', bill: verdict.bill, page: headlineOf(page) });
      tell(`\n── Where the time went\n${timeTable(ships)}`);
      const result: DemoResult = { url, ships, ms: context.clock.now() - started };
      if (values.keep) {
        held.set(result, async () => {
          if (!context.signal.aborted)
            await new Promise<void>((resolve) =>
              context.signal.addEventListener('abort', () => resolve(), { once: true }),
            );
          await sandbox.close();
        });
      } else await sandbox.close();
      return result;
    } catch (error) {
      await sandbox.close();
      throw error;
    }
  },
  text: (result) => `The demo took ${formatDuration(result.ms)}.`,
  running: async (result) => held.get(result)?.(),
});

async function hostBase(folder: string, context: Context): Promise<string> {
  const { writeHostBase } = await import('../image/host-base.js');
  const { stdout } = await context.exec('node', ['-p', 'process.execPath + "\\n" + process.versions.node'], {
    signal: context.signal,
  });
  const [binary = '', version = ''] = stdout.trim().split('\n');
  await withTask(context, 'Make a base image from the Node of this computer', () =>
    writeHostBase(folder, { binary, version }, context),
  );
  return `oci:${folder}:${version}`;
}

/** The environment of the sandbox, in place of the user's AWS. */
function inSandbox(sandbox: Sandbox, cwd: string, context: Context): Context {
  const plain = Object.fromEntries(Object.entries(context.env).filter(([name]) => !/^(AWS_|LADING_)/.test(name)));
  return { ...context, cwd, env: { ...plain, ...sandbox.env } };
}

/** A repository and a service with a placeholder that is built and pushed like any app. */
async function firstService(sandbox: Sandbox, base: string, folder: string, context: Context): Promise<string> {
  const { build } = await import('./build.js');
  const app = join(folder, 'placeholder');
  await replaceFile(
    join(app, 'package.json'),
    '{ "name": "placeholder", "private": true, "scripts": { "start": "node server.js" } }\n',
  );
  await replaceFile(
    join(app, 'server.js'),
    "require('node:http').createServer((_, answer) => answer.end('placeholder')).listen(process.env.PORT);\n",
  );
  sandbox.createRepository('harbour');
  const { pushed } = await build.run(
    {
      ...imageValues(app, base),
      platform: [await ownPlatform(context)],
      env: undefined,
      to: `${sandbox.host}/harbour`,
      push: true,
      tag: ['placeholder'],
      pin: undefined,
    },
    inSandbox(sandbox, app, context),
  );
  const { makeSandboxService } = await import('../rehearsal/service.js');
  await makeSandboxService(sandbox, { name: 'harbour', image: pushed?.reference ?? '', circuitBreaker: true });
  const url = await sandbox.serviceUrl('default', 'harbour');
  await withTask(context, 'Wait for the placeholder', () => fetchPage(url, context, 'placeholder'));
  return url;
}

function imageValues(app: string, base: string) {
  return {
    app,
    base,
    builder: 'auto' as const,
    label: undefined,
    user: undefined,
    entrypoint: undefined,
    compression: 'gzip' as const,
    include: undefined,
    output: undefined,
    cacheFrom: undefined,
    insecureRegistry: undefined,
    region: undefined,
  };
}

async function ownPlatform(context: Context): Promise<string> {
  const { stdout } = await context.exec('node', ['-p', 'process.arch'], { signal: context.signal });
  return `linux/${stdout.trim() === 'x64' ? 'amd64' : stdout.trim()}`;
}

async function shipApp(sandbox: Sandbox, base: string, app: string, context: Context): Promise<Bill> {
  const { ship } = await import('./ship.js');
  const values = {
    ...imageValues(app, base),
    platform: [await ownPlatform(context)],
    imageEnv: undefined,
    to: `${sandbox.host}/harbour`,
    tag: undefined,
    cluster: 'default',
    service: 'harbour',
    taskDefinition: undefined,
    env: undefined,
    forceNewDeployment: undefined,
    desiredCount: undefined,
    wait: 'deployed' as const,
    failFast: true,
    timeout: 120_000,
    dryRun: undefined,
    container: undefined,
  };
  return ship.run(values, inSandbox(sandbox, app, context));
}

/** The verdict over a version that must not come through. */
async function shipBroken(
  sandbox: Sandbox,
  base: string,
  app: string,
  context: Context,
): Promise<{ readonly outcome: string; readonly message: string; readonly bill: Bill }> {
  try {
    await shipApp(sandbox, base, app, context);
  } catch (error) {
    if (error instanceof LadingError && 'result' in error) {
      const bill = error.result as Bill;
      return { outcome: bill.outcome, message: error.message, bill };
    }
    throw error;
  }
  throw new LadingError('deploy-failed', 'the broken version came through', { code: 'NOT_BROKEN' });
}

/** Asks until the page is there; a task may have a moment to go. */
async function fetchPage(url: string, context: Context, word = ''): Promise<string> {
  for (let tries = 0; ; tries++) {
    const answer = await context.http(url, { signal: context.signal }).catch(() => undefined);
    const page = (await answer?.text()) ?? '';
    if (answer?.status === 200 && page.includes(word)) return page;
    if (tries >= 40)
      throw new LadingError('deploy-failed', `${url} answers ${answer?.status ?? 'nothing'}`, { code: 'NO_PAGE' });
    await context.clock.sleep(250, context.signal);
  }
}

function headlineOf(page: string): string {
  return /<h1[^>]*>([^<]*)</.exec(page)?.[1] ?? page.slice(0, 40);
}

function timeTable(ships: DemoResult['ships']): string {
  const rows = ships.map(({ title, bill }) => [
    title,
    formatDuration(bill.times.build),
    formatDuration(bill.times.push),
    formatDuration(bill.times.deploy ?? 0),
    formatDuration(bill.times.total),
  ]);
  const table = [['', 'build', 'push', 'deploy', 'total'], ...rows];
  const width = Math.max(...table.map(([title = '']) => title.length));
  return table
    .map(([title = '', ...times]) => `${title.padEnd(width)} ${times.map((time) => time.padStart(8)).join('')}`)
    .join('\n');
}
