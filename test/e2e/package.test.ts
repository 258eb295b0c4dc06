import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const tsc = [join(root, 'node_modules/typescript/bin/tsc'), '--strict', '--target', 'es2022', '--types', 'node'];
let folder = '';

/** What npm would publish, unpacked where a project of others has it: nothing else is installed there but Node's types. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lading-package-'));
  const installed = join(folder, 'node_modules/lading');
  mkdirSync(installed, { recursive: true });
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const { stdout } = await run('npm', pack, { cwd: root });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  await run('tar', ['-xzf', join(folder, filename), '-C', installed, '--strip-components=1']);
  mkdirSync(join(folder, 'node_modules/@types'));
  symlinkSync(join(root, 'node_modules/@types/node'), join(folder, 'node_modules/@types/node'));
  symlinkSync(join(root, 'node_modules/undici-types'), join(folder, 'node_modules/undici-types'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const compile = (name: string, source: string) => {
  writeFileSync(join(folder, name), source);
  return run(process.execPath, [...tsc, '--module', 'nodenext', name], { cwd: folder });
};

describe('the published package', () => {
  test('compiles and runs in a strict project, through its three doors', { timeout: 60_000 }, async () => {
    await compile(
      'good.ts',
      `import { deploy, LadingError, type DeployResult } from 'lading';
import { parseReference, type Reference } from 'lading/oci';
import { scenarios, startSandbox, virtualClock } from 'lading/sandbox';
const sandbox = await startSandbox({ clock: virtualClock(), scenario: scenarios.get('ok') });
const reference: Reference = parseReference('node:22');
const failed: unknown = await deploy({ service: 'none' }, { env: sandbox.env }).catch((error: unknown) => error);
const outcome = (result: DeployResult): string => result.outcome;
console.log(reference.repository, failed instanceof LadingError && failed.code, typeof outcome);
await sandbox.close();
`,
    );
    const { stdout } = await run(process.execPath, ['good.js'], { cwd: folder });
    expect(stdout).toBe('library/node SERVICE_MISSING function\n');
  });

  test('tells wrong inputs when it is compiled', { timeout: 60_000 }, async () => {
    const wrong = compile(
      'wrong.ts',
      `import { deploy } from 'lading';\nawait deploy({ service: 1, wiat: 'none' });\n`,
    );
    await expect(wrong).rejects.toMatchObject({ stdout: expect.stringMatching(/wrong\.ts\(2,1/) as string });
  });

  test('has a program that starts', async () => {
    const bin = join(folder, 'node_modules/lading/dist/cli.js');
    expect((await run(process.execPath, [bin, '--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect((await run(process.execPath, [bin, 'ship', '--help'])).stdout).toContain('Examples:');
  });
});
