import { join } from 'node:path';
import { formatBytes } from '../base/bytes.js';
import type { Context } from '../base/context.js';
import { formatDuration } from '../base/duration.js';
import { LadingError } from '../base/errors.js';
import { say } from '../base/tell/report.js';
import type { Bill } from '../release/paper/bill.js';
import type { Sandbox } from '../sandbox/start.js';
import { startSandbox } from '../sandbox/start.js';
import { breakApp, changeHeadline, commitAll, prepareDemoApp } from './demo-app.js';
import { fetchPage, firstService, hostBase, shipApp } from './demo-ship.js';

export interface DemoValues {
  readonly dir: string | undefined;
  readonly base: string | undefined;
  readonly tasks: 'process' | 'docker';
  readonly keep: boolean | undefined;
}

export interface DemoResult {
  readonly url: string;
  readonly ships: readonly { readonly title: string; readonly bill: Bill; readonly page: string }[];
  readonly ms: number;
}

const held = new WeakMap<DemoResult, () => Promise<void>>();

/** Holds the sandbox of a demo that was to keep it, until the signal of its context aborts. */
export async function keepDemo(result: DemoResult): Promise<void> {
  await held.get(result)?.();
}

/** Ships a real app, ships it with one line changed, ships the same again, and ships it broken. */
export async function runDemo(values: DemoValues, context: Context): Promise<DemoResult> {
  const started = context.clock.now();
  const folder = values.dir ?? join(context.cwd, '.lading/demo');
  const app = join(folder, 'next-app');
  const tell = (text: string) => say(context.report, 'info', text);
  await prepareDemoApp(app, context);
  // What runs is the demo's own app, and nobody else has the key.
  const sandbox = await startSandbox({ tasks: values.tasks, allowRoot: true });
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
      const [image] = bill.images;
      const moved = (image?.layers ?? []).filter((layer) => !layer.reused);
      tell(`${bill.outcome}: ${url} shows “${headlineOf(page)}”`);
      tell(
        `${moved.length} of ${image?.layers.length ?? 0} layers moved (${moved.map((layer) => layer.kind).join(', ') || 'none'}), ${formatBytes(image?.bytesUploaded ?? 0)} in ${image?.requests ?? 0} requests`,
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
        await untilAborted(context.signal);
        await sandbox.close();
      });
    } else await sandbox.close();
    return result;
  } catch (error) {
    await sandbox.close();
    throw error;
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
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
