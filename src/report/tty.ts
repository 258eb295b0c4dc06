import { createLogUpdate } from 'log-update';
import pc from 'picocolors';
import type { Environment } from '../base/context.js';
import { oneLine } from '../base/tell/printable.js';
import type { Report } from '../base/tell/report.js';
import type { Verbosity } from './plain.js';
import { plainLine, progressText } from './plain.js';

/** A live terminal: what is done stays, what runs stands below with its progress. */
export function ttySink(
  stream: NodeJS.WriteStream,
  verbosity: Verbosity,
  env: Environment,
): { readonly report: Report; close(): void } {
  // picocolors looks at stdout, which may be a file.
  const colors = pc.createColors(!env.NO_COLOR);
  const live = createLogUpdate(stream, { showCursor: true });
  const running = new Map<string, { readonly title: string; progress: string }>();

  function draw(): void {
    // An empty picture would still be a line.
    if (running.size === 0) return live.clear();
    const lines = [...running.values()].map((task) =>
      colors.dim(`• ${task.title}${task.progress ? ` ${task.progress}` : ''}`),
    );
    live(lines.join('\n'));
  }

  const report: Report = (event) => {
    if (event.type === 'task' && !verbosity.quiet) {
      if (event.state === 'start') running.set(event.id, { title: oneLine(event.title), progress: '' });
      else running.delete(event.id);
    } else if (event.type === 'progress') {
      const task = running.get(event.id);
      if (task) task.progress = progressText(event);
    }
    const line = plainLine(event, verbosity);
    if (line !== undefined || event.type === 'page') live.clear();
    if (line !== undefined) stream.write(`${paint(line, colors)}\n`);
    // What comes after a page is drawn below it.
    if (event.type === 'page') return;
    draw();
  };
  return { report, close: () => live.clear() };
}

function paint(line: string, colors: Pick<typeof pc, 'green' | 'red' | 'yellow' | 'dim'>): string {
  if (line.startsWith('✓')) return `${colors.green('✓')}${line.slice(1)}`;
  if (line.startsWith('✗')) return `${colors.red('✗')}${line.slice(1)}`;
  if (line.startsWith('warning:')) return `${colors.yellow('warning:')}${line.slice(8)}`;
  if (line.startsWith('error:')) return `${colors.red('error:')}${line.slice(6)}`;
  return line.startsWith('  ') ? colors.dim(line) : line;
}
