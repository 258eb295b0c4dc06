import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { ecrPassword } from '../support/ecr-stand-in.js';
import { everything, gitHubs, rotationStage } from '../support/rotation-stage.js';

const stage = rotationStage(gitHubs[0][1]);

describe('the command line', () => {
  async function lading(argv: readonly string[], env: Record<string, string> = {}) {
    const { runCli } = await import('../../src/entry/cli.js');
    const out = { stdout: '', stderr: '' };
    const code = await runCli(argv, {
      env: { ...stage.context().env, ...env },
      cwd: stage.cwd,
      signal: new AbortController().signal,
      clock: stage.clock,
      stdout: { write: (text) => void (out.stdout += text) },
      stderr: { write: (text) => void (out.stderr += text), isTTY: false },
    });
    return { code, ...out };
  }

  beforeEach(() => {
    stage.github.addRepository('acme/shop');
    stage.github.addToken('github_pat_11SECRET', 'fine-grained', { permissions: everything });
  });

  it('shows neither password nor token, however much it is asked to say', async () => {
    const env = { LADING_GITHUB_TOKEN: 'github_pat_11SECRET' };
    const run = await lading(['rotate', '--to', 'acme/shop', '--json', '--verbose', '--variables'], env);
    expect(run.code).toBe(0);
    expect(JSON.parse(run.stdout)).toMatchObject({
      mode: 'rotate',
      secrets: [{ action: 'created', place: 'acme/shop' }],
    });
    const all = run.stdout + run.stderr;
    for (const secret of [ecrPassword, Buffer.from(`AWS:${ecrPassword}`).toString('base64'), 'github_pat_11SECRET']) {
      expect(all).not.toContain(secret);
    }
    expect(stage.github.secret('acme/shop', 'ECR_PASSWORD')?.value).toBe(ecrPassword);
  });

  it('takes no token as a flag', async () => {
    const run = await lading(['rotate', '--to', 'acme/shop', '--github-token', 'github_pat_11SECRET']);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('LADING_GITHUB_TOKEN');
    expect(run.stderr).not.toContain('github_pat_11SECRET');
    expect(stage.github.exchanges).toEqual([]);
  });

  it('reads lading.yml', async () => {
    await writeFile(join(stage.cwd, 'lading.yml'), 'rotate:\n  to:\n    - acme/shop:dependabot\n  secret: PULL\n');
    const run = await lading(['rotate'], { GH_TOKEN: 'github_pat_11SECRET' });
    expect([run.code, run.stdout]).toEqual([
      0,
      expect.stringMatching(/^created {2}acme\/shop:dependabot {2}PULL {2}expires /),
    ]);
    expect(stage.github.secret('acme/shop:dependabot', 'PULL')?.value).toBe(ecrPassword);
  });

  it('tells a failure with its hint, and exits by the contract', async () => {
    const run = await lading(['rotate', '--to', 'acme/shop'], { GH_TOKEN: 'ghs_15368_x' });
    expect(run.code).toBe(3);
    expect(run.stderr).toContain('neither secrets nor variables');
    expect(run.stderr).toContain('github-app-id');
  });
});

describe('the action', () => {
  async function step(inputs: Record<string, string>): Promise<{ code: number; text: string }> {
    const { runAction } = await import('../../src/entry/action.js');
    const out = { text: '' };
    const given = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value] as const);
    const code = await runAction('rotate', {
      env: { ...stage.context().env, GH_TOKEN: '', ...Object.fromEntries(given) },
      cwd: stage.cwd,
      signal: new AbortController().signal,
      write: (text) => void (out.text += text),
    });
    return { code, ...out };
  }

  it.each([
    [{ to: 'acme/shop' }, 3, 'input github-app-id and input github-app-key'],
    [{ to: 'acme/shop', 'github-app-id': '4711' }, 2, 'input github-app-key-file: is missing'],
    [{ to: 'acme/shop', 'selected-repository': 'acme/a' }, 2, 'is only for input visibility selected'],
    [{}, 2, 'Give input to or `rotate.to` in lading.yml'],
  ])('names its inputs, as %j', async (inputs, exit, words) => {
    const { code, text } = await step(inputs);
    expect([code, text]).toEqual([exit, expect.stringContaining(words)]);
    expect(text).not.toMatch(/LADING_(?!GITHUB_TOKEN, GH)|--/);
  });
});
