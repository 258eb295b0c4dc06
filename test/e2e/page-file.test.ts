import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deployByCommandLine, openStage } from '../support/stage.js';

let folder = '';
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'lading-page-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function deployWithPage(scenario: string, file: string) {
  const stage = await openStage(scenario);
  try {
    return { ...(await deployByCommandLine(stage, ['--page', file])), calls: stage.sandbox.journal };
  } finally {
    await stage.close();
  }
}

test('a run that goes well is a page in one file', async () => {
  const file = join(folder, 'good.html');
  const { exitCode } = await deployWithPage('ok', file);
  expect(exitCode).toBe(0);
  const html = readFileSync(file, 'utf8');
  expect(html).toMatch(/^<!doctype html>/);
  expect(html).toContain('steady');
  expect(html).not.toMatch(/<script|src=/);
});

test('of one that fails the failure stands first, with what to do', async () => {
  const file = join(folder, 'bad.html');
  const { exitCode } = await deployWithPage('cannot-pull-404', file);
  expect(exitCode).toBe(5);
  const html = readFileSync(file, 'utf8');
  const [, first = ''] = html.split('</h1>');
  expect(first.trim()).toMatch(/^<p class="note error">.*the deployment failed and was rolled back.*not found/);
  expect(first).toContain('Fix: ');
});

test('a file that cannot be written is told before anything is done', async () => {
  mkdirSync(join(folder, 'taken'));
  for (const [file, says] of [
    [join(folder, 'none/page.html'), /folder that does not exist/],
    [join(folder, 'taken'), /is a folder/],
  ] as const) {
    const { exitCode, json, calls } = await deployWithPage('ok', file);
    expect(exitCode).toBe(2);
    expect(json.error?.message).toMatch(says);
    expect(calls.filter(({ operation }) => operation === 'UpdateService')).toEqual([]);
  }
});

test('what stands there already is replaced whole, and nothing is left beside it', async () => {
  const file = join(folder, 'again.html');
  writeFileSync(file, 'x'.repeat(1_000_000));
  await deployWithPage('ok', file);
  expect(readFileSync(file, 'utf8')).toMatch(/<\/html>\n$/);
  expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});
