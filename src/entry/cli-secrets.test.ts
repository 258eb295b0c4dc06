import { expect, test } from 'vitest';
import { runCli } from './cli.js';

test.each([[{}], [{ GITHUB_ACTIONS: 'true' }]])('an error does not show a secret that was masked %j', async (more) => {
  const printed = { stdout: '', stderr: '' };
  const code = await runCli(['status', '--service', 'shop', '--cluster', 'sea', '--json'], {
    env: {
      AWS_ENDPOINT_URL: 'http://127.0.0.1:1/not-for-your-eyes',
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'AKIATEST',
      AWS_SECRET_ACCESS_KEY: 'not-for-your-eyes',
      ...more,
    },
    cwd: import.meta.dirname,
    signal: new AbortController().signal,
    stdout: { write: (text) => (printed.stdout += text) },
    stderr: { write: (text) => (printed.stderr += text) },
  });
  expect(code).toBe(4);
  const shown = printed.stderr.replaceAll(/^::add-mask::.*$/gm, '');
  expect(shown).toContain('http://127.0.0.1:1/***');
  expect(printed.stdout).toContain('http://127.0.0.1:1/***');
  expect(`${printed.stdout}${shown}`).not.toContain('not-for-your-eyes');
});
