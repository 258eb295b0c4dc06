import { expect, test } from 'vitest';
import { createExec } from './exec.js';

const exec = createExec(process.env);
const node = process.execPath;

test('gives the exit code and both streams, line by line as they come', async () => {
  const lines: string[] = [];
  const program = 'console.log("out"); console.error("err"); process.exitCode = 7';
  const result = await exec(node, ['-e', program], { onLine: (line, stream) => lines.push(`${stream}:${line}`) });
  expect(result).toEqual({ code: 7, stdout: 'out\n', stderr: 'err\n' });
  expect(lines.sort()).toEqual(['stderr:err', 'stdout:out']);
});

test('a secret goes in by standard input', async () => {
  const result = await exec(node, ['-e', 'process.stdin.pipe(process.stdout)'], { input: 'secret' });
  expect(result.stdout).toBe('secret\n');
});

test('a program that does not read its input is no failure', async () => {
  expect((await exec(node, ['-e', '0'], { input: 'x'.repeat(1 << 20) })).code).toBe(0);
});

test('a missing program says that it is not installed', async () => {
  await expect(exec('no-such-program', [])).rejects.toMatchObject({ code: 'TOOL_MISSING', kind: 'tool' });
});

test('cancelling ends it', async () => {
  const controller = new AbortController();
  const running = exec(node, ['-e', 'setTimeout(() => {}, 60000)'], { signal: controller.signal });
  setTimeout(() => controller.abort(), 100);
  await expect(running).rejects.toMatchObject({ kind: 'cancelled' });
});
