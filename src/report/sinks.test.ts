import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hostileText } from '../../test/support/hostile-text.js';
import type { Page } from '../base/tell/page.js';
import type { ReportEvent } from '../base/tell/report.js';
import type { RolloutChange } from '../base/tell/rollout.js';
import { chooseSink } from './choose.js';

const quiet = { quiet: false, verbose: true };
const page: Page = { title: 'Release', blocks: [{ type: 'facts', rows: [{ name: 'outcome', value: 'steady' }] }] };

const cause = fc.record({
  class: hostileText,
  text: hostileText,
  hint: hostileText,
  tasks: fc.nat(),
  of: fc.constant(undefined),
  container: hostileText,
  exitCode: fc.constant(1),
  task: hostileText,
  zone: hostileText,
  logs: fc.array(hostileText, { maxLength: 3 }),
});

const change: fc.Arbitrary<RolloutChange> = fc.oneof(
  fc.record({ kind: fc.constantFrom('cause' as const, 'passing' as const), cause }),
  fc.record({ kind: fc.constant('notice' as const), text: hostileText }),
  fc.record({ kind: fc.constant('turning' as const), by: fc.constant('us' as const), reason: hostileText }),
  fc.record({ kind: fc.constant('unseen' as const), what: hostileText, lost: hostileText, allow: hostileText }),
  fc.record({ kind: fc.constant('waiting' as const), what: hostileText, why: hostileText, ms: fc.nat() }),
);

/** Everything that a run may say, in texts of somebody else. */
const event: fc.Arbitrary<ReportEvent> = fc.oneof(
  fc.record({ type: fc.constant('line' as const), source: hostileText, text: hostileText }),
  fc.record({ type: fc.constant('rollout' as const), of: hostileText, at: fc.nat(), change }),
  fc.record({
    type: fc.constant('message' as const),
    level: fc.constantFrom('debug' as const, 'info' as const, 'warning' as const, 'error' as const),
    text: hostileText,
    hint: fc.option(hostileText, { nil: undefined }),
    at: fc.option(fc.record({ file: hostileText, line: fc.nat() }), { nil: undefined }),
  }),
  fc.record({
    type: fc.constant('task' as const),
    id: fc.constant('1'),
    title: hostileText,
    state: fc.constantFrom('start' as const, 'done' as const, 'failed' as const),
    detail: hostileText,
  }),
  fc.record({
    type: fc.constant('progress' as const),
    id: fc.constant('1'),
    done: fc.nat(),
    unit: fc.constant('bytes' as const),
    detail: hostileText,
  }),
  fc.record({ type: fc.constant('page' as const), page: fc.record({ title: hostileText, blocks: fc.constant([]) }) }),
);

async function play(events: readonly ReportEvent[], env: Record<string, string>, verbosity = {}): Promise<string> {
  let text = '';
  const stderr = { write: (part: string) => (text += part), isTTY: false };
  const sink = await chooseSink({ env, stderr }, { ...quiet, ...verbosity });
  for (const one of events) sink.report(one);
  sink.close();
  return text;
}

/** Commands as the runner finds them. https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs */
function commandsIn(text: string): readonly string[] {
  const found: string[] = [];
  let stopped: string | undefined;
  for (const line of text.split(/\r\n|\r|\n/)) {
    const [, name] = /^\s*::([^ :]+)[^:]*::/.exec(line) ?? [];
    if (stopped !== undefined) {
      if (name === stopped) stopped = undefined;
    } else if (name === 'stop-commands') {
      stopped = line.trim().slice('::stop-commands::'.length);
    } else if (name !== undefined || line.includes('##[')) {
      found.push(name ?? line);
    }
  }
  expect(stopped).toBeUndefined();
  return found;
}

describe('texts of others command', () => {
  test('no terminal and no log', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event), async (events) => {
        const text = await play(events, {}, { pages: true });
        expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
      }),
    );
  });

  test('no runner: its commands are our annotations', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event), async (events) => {
        const text = await play(events, { GITHUB_ACTIONS: 'true' }, { pages: true });
        expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
        const ours = events.flatMap((one) => {
          if (one.type === 'rollout') return one.change.kind === 'cause' ? ['error'] : [];
          return one.type === 'message' && /warning|error/.test(one.level) ? [one.level] : [];
        });
        expect(commandsIn(text)).toEqual(ours);
      }),
    );
  });
});

describe('a page', () => {
  const events: ReportEvent[] = [{ type: 'page', page }];
  test('is not shown on a terminal unless it is asked for', async () => {
    expect(await play(events, {})).toBe('');
    expect(await play(events, {}, { pages: true })).toBe('Release\n\noutcome  steady\n');
  });

  test.each<Record<string, string>>([{ GITHUB_ACTIONS: 'true' }, {}])(
    'stands in the summary of a job, with %j',
    async (env) => {
      const folder = mkdtempSync(join(tmpdir(), 'lading-sinks-'));
      try {
        const file = join(folder, 'summary');
        expect(await play(events, { ...env, GITHUB_STEP_SUMMARY: file })).toBe('');
        expect(readFileSync(file, 'utf8')).toBe('### Release\n\n|  |  |\n| --- | --- |\n| outcome | steady |\n\n');
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );
});

test('a mask comes before what it hides, line by line', async () => {
  const text = await play([{ type: 'mask', value: 'one\ntwo%' }], { GITHUB_ACTIONS: 'true' });
  expect(text).toBe('::add-mask::one\n::add-mask::two%25\n');
});
