import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createExec, howItEnded } from '../../../src/base/programs/exec.js';

const exec = createExec(process.env);
const node = process.execPath;
const folder = mkdtempSync(join(tmpdir(), 'lading-exec-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('gives the exit code and both streams, line by line as they come', async () => {
  const lines: string[] = [];
  const program = 'console.log("out"); console.error("err"); process.exitCode = 7';
  const result = await exec(node, ['-e', program], { onLine: (line, stream) => lines.push(`${stream}:${line}`) });
  expect(result).toEqual({ code: 7, stdout: 'out\n', stderr: 'err\n' });
  expect(lines.sort()).toEqual(['stderr:err', 'stdout:out']);
});

test('what a program prints comes as it is, every character', async () => {
  const text = 'a\0b\r\nc\rd\u2028e\n\nnot the end';
  const result = await exec(node, ['-e', 'process.stdin.pipe(process.stdout)'], { input: text });
  expect(result.stdout).toBe(text);
});

test('a program that does not read its input is no failure', async () => {
  expect((await exec(node, ['-e', '0'], { input: 'x'.repeat(1 << 20) })).code).toBe(0);
});

test('a missing program says that it is not installed, a missing folder that it is not there', async () => {
  await expect(exec('no-such-program', [])).rejects.toMatchObject({ code: 'TOOL_MISSING', kind: 'tool' });
  await expect(exec(node, [], { cwd: join(folder, 'none') })).rejects.toMatchObject({
    code: 'TOOL_FAILED',
    message: expect.stringContaining('none does not exist') as string,
  });
});

test('a death by a signal has its code and its name', async () => {
  const killed = await exec(node, ['-e', 'process.kill(process.pid, "SIGKILL")']);
  expect(killed).toMatchObject({ code: 137, signal: 'SIGKILL' });
  expect(howItEnded(killed)).toBe('was ended by SIGKILL');
  expect(howItEnded({ code: 3 })).toBe('ended with exit code 3');
});

test('of much output the end is kept, and it says that there was more', async () => {
  const program = 'for (let at = 0; at < 200000; at++) console.log("line " + at)';
  const result = await exec(node, ['-e', program], { keep: 1000 });
  expect(result.stdout).toHaveLength(1000);
  expect(result.stdout.endsWith('line 199999\n')).toBe(true);
  expect(result.truncated).toBe(true);
  expect(await exec(node, ['-e', program], { keep: 0 })).toEqual({ code: 0, stdout: '', stderr: '', truncated: true });
});

test('something left behind that holds the streams open is not waited for', async () => {
  const left = 'require("node:child_process").spawn("sleep", ["20"], { stdio: "inherit", detached: true }).unref()';
  const result = await exec(node, ['-e', `${left}; console.log("done")`]);
  expect(result).toMatchObject({ code: 0, stdout: 'done\n' });
}, 10_000);

describe('cancelling', () => {
  /** A number that no other process of this computer has among its words by chance. */
  const number = (at: number) => `730${at}00${process.pid}`;

  /** A shell whose children are told apart by a number that only they have. */
  async function cancel(script: string, mark: string, processes: number): Promise<number> {
    const controller = new AbortController();
    const running = exec('sh', ['-c', script.replaceAll('N', mark)], { signal: controller.signal });
    running.catch(() => undefined);
    await expect.poll(() => alive(mark)).toBe(processes);
    const started = performance.now();
    controller.abort();
    await expect(running).rejects.toMatchObject({ kind: 'cancelled' });
    return performance.now() - started;
  }
  const alive = (mark: string) =>
    execFileSync('ps', ['-eo', 'stat,args'], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.includes(mark) && !line.startsWith('Z')).length;

  test('ends a program and what it started', async () => {
    expect(await cancel('sleep 1N & sleep 2N & wait', number(1), 3)).toBeLessThan(2000);
    expect(alive(number(1))).toBe(0);
  });

  test('ends within two seconds what does not want to end', async () => {
    const stubborn = 'trap "" TERM; (trap "" TERM; sleep 1N; sleep 2N) & sleep 3N; sleep 4N';
    expect(await cancel(stubborn, number(2), 4)).toBeLessThan(2000);
    await expect.poll(() => alive(number(2))).toBe(0);
  });

  test('gives a program the time to tidy up', async () => {
    const file = join(folder, 'tidy');
    await cancel(`trap "sleep 0.3; echo tidy > ${file}; exit" TERM; sleep 1N & wait`, number(3), 2);
    expect(readFileSync(file, 'utf8')).toBe('tidy\n');
  });

  test('lets one that asks for it finish, with what it started', async () => {
    const file = join(folder, 'slow');
    const controller = new AbortController();
    const script = `sh -c 'sleep 1.6; echo child > ${file}' & trap 'wait; exit' TERM; echo ready; wait`;
    const running = exec('sh', ['-c', script], {
      signal: controller.signal,
      grace: 10_000,
      onLine: () => controller.abort(),
    });
    await expect(running).rejects.toMatchObject({ kind: 'cancelled' });
    expect(readFileSync(file, 'utf8')).toBe('child\n');
  });
});
