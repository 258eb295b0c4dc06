import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openJobSummary } from './job-summary.js';

let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'lading-summary-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('pages stand below each other, and stay below the size at which GitHub drops all of it', () => {
  const file = join(folder, 'summary');
  writeFileSync(file, 'somebody else’s\n');
  const summary = openJobSummary({ GITHUB_STEP_SUMMARY: file });
  summary?.append({ title: 'First', blocks: [] });
  summary?.append({
    title: 'Long',
    blocks: [{ type: 'log', source: 'web', lines: Array<string>(20_000).fill('x'.repeat(99)) }],
  });
  const text = readFileSync(file, 'utf8');
  expect(text).toMatch(/^somebody else’s\n### First\n\n### Long\n\n#### web\n\n```text\n… \d+ lines before these\n/);
  expect(text).toContain('too long and is cut');
  expect(statSync(file).size).toBeGreaterThan(1_000_000);
  for (let count = 0; count < 3; count++) {
    summary?.append({ title: 'Last', blocks: [{ type: 'code', text: 'y'.repeat(2_000_000) }] });
    expect(statSync(file).size).toBeLessThanOrEqual(1024 * 1024);
  }
});

test('outside of a job there is none', () => {
  expect(openJobSummary({})).toBeUndefined();
  expect(openJobSummary({ GITHUB_STEP_SUMMARY: '' })).toBeUndefined();
});
