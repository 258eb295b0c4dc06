import { execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import type { StepOptions, StepResult } from '../support/actions-runner.js';
import { findNode24, runStep } from '../support/actions-runner.js';
import { lading } from '../support/command-line.js';
import type { EcrStandIn } from '../support/ecr-stand-in.js';
import { ecrPassword, startEcr } from '../support/ecr-stand-in.js';
import type { Moto } from '../support/moto.js';
import { startMoto } from '../support/moto.js';
import { requireTool } from '../support/tools.js';

const root = join(import.meta.dirname, '../..');
const helper = join(root, 'dist/docker-credential-lading.js');
const node24 = findNode24();
const nodes = [...new Set([process.execPath, ...(node24 ? [node24] : [])])];
const auth = Buffer.from(`AWS:${ecrPassword}`).toString('base64');

let ecr: EcrStandIn;
let host = '';
let home = '';

beforeEach(async () => {
  ecr = await startEcr(systemClock);
  host = new URL(ecr.url).host;
  home = mkdtempSync(join(tmpdir(), 'lading-login-'));
  mkdirSync(join(home, 'work'));
});
afterEach(async () => {
  await ecr.close();
  rmSync(home, { recursive: true, force: true });
});

const aws = () => ({
  HOME: home,
  AWS_ENDPOINT_URL: ecr.url,
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'AKIAJOB',
  AWS_SECRET_ACCESS_KEY: 'of-the-job',
});
const config = () => join(home, '.docker', 'config.json');
const read = (file = config()) => JSON.parse(readFileSync(file, 'utf8')) as { readonly auths: Record<string, unknown> };

const start = (
  file: string,
  inputs: Record<string, string>,
  env: Record<string, string>,
  more: Partial<StepOptions> = {},
) =>
  runStep(join(root, 'actions/amazon-ecr-login', file), {
    node: process.execPath,
    workspace: join(home, 'work'),
    inputs,
    env: { ...aws(), ...env },
    ...more,
  });
const step = (inputs: Record<string, string> = {}, env: Record<string, string> = {}, more: Partial<StepOptions> = {}) =>
  start('main.mjs', inputs, env, more);
const end = ({ state }: StepResult, env: Record<string, string> = {}) =>
  start(
    'post.mjs',
    {},
    { ...Object.fromEntries(Object.entries(state).map(([name, text]) => [`STATE_${name}`, text])), ...env },
  );
const login = (args: readonly string[] = [], env: Record<string, string> = {}) =>
  lading(['login', ...args], { cwd: home, env: { ...aws(), ...env } });

/** A `docker` that tells with what it was called: nobody is to call it. */
function spyDocker(): Record<string, string> {
  const bin = join(home, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'docker'), `#!/bin/sh\necho "$@" >> ${home}/called\n`);
  chmodSync(join(bin, 'docker'), 0o755);
  return { PATH: `${bin}${delimiter}${process.env.PATH}` };
}

function expectSilence(result: StepResult): void {
  const { docker_password: _none, ...outputs } = result.outputs;
  const declared = Object.entries(outputs).filter(([name]) => !name.startsWith('docker_password'));
  const seen = `${result.log}${result.summary}${JSON.stringify([declared, result.annotations, result.state])}`;
  for (const secret of [ecrPassword, auth]) expect(seen).not.toContain(secret);
}

describe.each(nodes)('the examples of its page, under %s', (node) => {
  test('the registry of the account', async () => {
    const done = await step({ 'mask-password': 'true' }, spyDocker(), { node });
    expect(done, done.log).toMatchObject({ code: 0, annotations: [] });
    const name = host.replace(/[^a-zA-Z0-9_]+/g, '_');
    expect(done.outputs).toMatchObject({
      registry: host,
      registries: JSON.stringify([host]),
      [`docker_username_${name}`]: 'AWS',
      [`docker_password_${name}`]: ecrPassword,
    });
    expect([...done.masks]).toEqual(expect.arrayContaining([ecrPassword, auth]));
    expectSilence(done);
    expect(read().auths).toEqual({ [host]: { auth } });
    expect([statSync(config()).mode & 0o777, statSync(join(home, '.docker')).mode & 0o777]).toEqual([0o600, 0o700]);
    const ended = await end(done);
    expect(ended, ended.log).toMatchObject({ code: 0, annotations: [] });
    expect(existsSync(join(home, '.docker'))).toBe(false);
    expect(existsSync(join(home, 'called'))).toBe(false);
  });

  test('several accounts, and the public registry', async () => {
    const done = await step({ registries: '123456789012, 998877665544' }, { AWS_ENDPOINT_URL: ecr.url }, { node });
    // The stand-in is one host for all accounts, as emulators are.
    expect(done, done.log).toMatchObject({ code: 0, outputs: { registry: host } });
    const open = await step({ 'registry-type': 'Public' }, {}, { node });
    expect(open, open.log).toMatchObject({
      code: 0,
      outputs: { registry: 'public.ecr.aws', docker_username_public_ecr_aws: 'AWS' },
    });
    expect(ecr.asked).toEqual(['eu-central-1', 'us-east-1']);
    expect(read().auths).toEqual({ [host]: { auth }, 'public.ecr.aws': { auth } });
  });
});

describe('a step', () => {
  test('leaves the login when it is told to', async () => {
    const done = await step({ 'skip-logout': 'true' });
    expect(done.state).toEqual({});
    await end(done);
    expect(read().auths).toHaveProperty([host]);
  });

  test('leaves those of others as they are, and puts back what it replaced', async () => {
    mkdirSync(join(home, '.docker'));
    const before = { auths: { [host]: { auth: 'b2xk' }, 'ghcr.io': { auth: 'eA==' } }, credsStore: 'none', other: [1] };
    writeFileSync(config(), JSON.stringify(before));
    const done = await step();
    expect(read()).toEqual({
      ...before,
      auths: { ...before.auths, [host]: { auth } },
      // So Docker looks here, and not into its store.
      credHelpers: { [host]: '' },
    });
    await end(done);
    expect(read()).toEqual(before);
    expect(readdirSync(join(home, '.docker'))).toEqual(['config.json']);
  });

  test('takes no login of another job away', async () => {
    const done = await step();
    const theirs = { auths: { [host]: { auth: 'dGhlaXJz' } } };
    writeFileSync(config(), JSON.stringify(theirs));
    const ended = await end(done);
    expect(ended.log).toContain('was changed since: it stays');
    expect(read()).toEqual(theirs);
  });

  test('writes where podman looks, too, when it is told to look elsewhere or has an older login', async () => {
    const named = join(home, 'named.json');
    const own = join(home, 'run', 'containers', 'auth.json');
    mkdirSync(join(own, '..'), { recursive: true });
    writeFileSync(own, JSON.stringify({ auths: { [host]: { auth: 'b2xk' } } }));
    const env = { REGISTRY_AUTH_FILE: named, XDG_RUNTIME_DIR: join(home, 'run') };
    const done = await step({}, env);
    for (const file of [config(), named, own]) expect(read(file).auths[host]).toEqual({ auth });
    await end(done, env);
    expect([existsSync(named), existsSync(config())]).toEqual([false, false]);
    expect(read(own).auths[host]).toEqual({ auth: 'b2xk' });
  });

  test('that cannot write its second file leaves nothing in the first', async () => {
    mkdirSync(join(home, 'folder'));
    const failed = await step({}, { REGISTRY_AUTH_FILE: join(home, 'folder') });
    expect(failed.code, failed.log).toBe(2);
    expect(existsSync(join(home, '.docker'))).toBe(false);
    expectSilence(failed);
  });

  test('writes through no link, and into no file that is none of its kind', async () => {
    mkdirSync(join(home, '.docker'));
    writeFileSync(join(home, 'elsewhere'), '{}');
    symlinkSync(join(home, 'elsewhere'), config());
    expect((await step()).annotations[0]?.message).toContain('is a symbolic link');
    rmSync(config());
    writeFileSync(config(), 'no json');
    const failed = await step();
    expect([failed.code, readFileSync(config(), 'utf8')]).toEqual([2, 'no json']);
  });

  test('tells what will never work, all of it', async () => {
    const text = (await step({ registries: '12345, ghcr.io' })).annotations[0]?.message ?? '';
    expect(text).toContain('an account has twelve digits, this has 5');
    expect(text).toContain('"ghcr.io" is no registry of ECR');
    expect(ecr.asked).toEqual([]);
    const nobody = await step(
      {},
      { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', RUNNER_ENVIRONMENT: 'github-hosted' },
    );
    expect(nobody.code).toBe(3);
    expect(nobody.annotations[0]?.message).toContain('permissions: id-token: write');
  });

  test('without a mask warns, and shows the password only where it was asked for', async () => {
    const done = await step({ 'mask-password': 'false' });
    expect(done.annotations).toMatchObject([
      { level: 'warning', message: expect.stringContaining('is not masked') as string },
    ]);
    expect([...done.masks]).not.toContain(ecrPassword);
    expectSilence(done);
  });
});

describe('on the command line', () => {
  test('says where it is logged in, and nothing of the password', async () => {
    const { code, stdout, stderr } = await login([], spyDocker());
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^127\.0\.0\.1:\d+ {2}until 20.*Z\nwritten to .*config\.json\n$/);
    const json = await login(['--json']);
    for (const text of [stdout, stderr, json.stdout, json.stderr]) {
      expect(text).not.toContain(ecrPassword);
      expect(text).not.toContain(auth);
    }
    expect(existsSync(join(home, 'called'))).toBe(false);
  });

  test('asks once for each region', async () => {
    const names = ['123456789012', '210987654321', '210987654321.eu-west-1'].flatMap((name) => ['--registry', name]);
    const { code, stderr } = await login(names);
    expect(code, stderr).toBe(0);
    expect([...ecr.asked].sort()).toEqual(['eu-central-1', 'eu-west-1']);
  });

  test('prints the password for a program, and writes nothing then', async () => {
    expect((await login(['--print', 'password'])).stdout).toBe(`${ecrPassword}\n`);
    expect(JSON.parse((await login(['--print', 'helper'])).stdout)).toEqual({
      ServerURL: host,
      Username: 'AWS',
      Secret: ecrPassword,
    });
    expect(existsSync(join(home, '.docker'))).toBe(false);
  });

  test('logs out again', async () => {
    mkdirSync(join(home, '.docker'));
    writeFileSync(config(), JSON.stringify({ auths: { 'ghcr.io': { auth: 'eA==' } }, credsStore: 'none' }));
    await login();
    const { code, stdout } = await lading(['logout'], { cwd: home, env: aws() });
    expect([code, stdout]).toEqual([0, `${host}  taken out of ${config()}\n`]);
    expect(read()).toEqual({ auths: { 'ghcr.io': { auth: 'eA==' } }, credsStore: 'none' });
    expect((await lading(['logout', '--registry', 'ghcr.io'], { cwd: home, env: aws() })).stdout).toContain('ghcr.io');
    expect((await lading(['logout'], { cwd: home, env: aws() })).stdout).toBe('no login was there\n');
  });
});

describe('the credential helper', () => {
  const ask = (action: string, input: string, env: Record<string, string> = {}) =>
    new Promise<{ code: number | null; stdout: string; stderr: string }>((done) => {
      const options = { cwd: home, env: { ...aws(), ...env } };
      const child = execFile(process.execPath, [helper, action], options, (_error, stdout, stderr) =>
        done({ code: child.exitCode, stdout, stderr }),
      );
      child.stdin?.end(input);
    });

  test('asks ECR when it is asked', async () => {
    const { code, stdout, stderr } = await ask('get', `https://${host}\n`);
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toEqual({ ServerURL: `https://${host}`, Username: 'AWS', Secret: ecrPassword });
    expect(existsSync(join(home, '.docker'))).toBe(false);
  });

  test('knows nothing of other hosts, and keeps nothing', async () => {
    expect(await ask('get', 'ghcr.io')).toMatchObject({
      code: 1,
      stdout: 'credentials not found in native keychain\n',
    });
    const store = await ask('store', JSON.stringify({ ServerURL: 'ghcr.io', Username: 'u', Secret: 's3cr3t' }));
    expect(store).toMatchObject({ code: 1, stdout: expect.stringContaining('keeps no passwords') as string });
    expect(await ask('erase', host)).toMatchObject({ code: 0, stdout: '' });
    expect(await ask('list', '')).toMatchObject({ code: 0, stdout: '{}\n' });
    expect(await ask('steal', '')).toMatchObject({ code: 1, stdout: expect.stringContaining('Usage') as string });
  });

  test('says in one line why it cannot', async () => {
    const none = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_EC2_METADATA_DISABLED: 'true' };
    const { code, stdout } = await ask('get', host, none);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^lading: no AWS credentials: .*\n$/);
  });
});

describe('programs of others', () => {
  /** Each gets the manifest of an image of the registry, whose login it finds by itself. */
  const programs: Readonly<Record<string, (image: string) => readonly string[]>> = {
    docker: (image) => ['manifest', 'inspect', '--insecure', image],
    skopeo: (image) => ['inspect', '--raw', '--tls-verify=false', `docker://${image}`],
    podman: (image) => [
      ...['--root', join(home, 'podman'), '--runroot', join(home, 'podman-run'), '--storage-driver', 'vfs'],
      ...['pull', '--tls-verify=false', image],
    ],
  };

  /** Where the helper is on PATH under its name. */
  function withHelper(): Record<string, string> {
    const bin = join(home, 'bin');
    mkdirSync(bin, { recursive: true });
    const file = join(bin, 'docker-credential-lading');
    writeFileSync(file, `#!/bin/sh\nexec "${process.execPath}" "${helper}" "$@"\n`);
    chmodSync(file, 0o755);
    return { PATH: `${bin}${delimiter}${process.env.PATH}` };
  }

  const pull = (program: string, env: Record<string, string>) =>
    new Promise<void>((done) => {
      const args = programs[program]?.(`${host}/shop:v1`) ?? [];
      // How it ends is of no interest: the manifest is none.
      execFile(requireTool(program) ?? '', [...args], { cwd: home, env: { ...aws(), ...env } }, () => done());
    });

  test.each(Object.keys(programs))('%s finds the login that was written', async (program) => {
    if (!requireTool(program)) return;
    const env = { PATH: process.env.PATH ?? '' };
    await pull(program, env);
    expect(ecr.pulled).toEqual([]);
    await login();
    await pull(program, env);
    expect(ecr.pulled).toContain('/v2/shop/manifests/v1');
  });

  test('docker finds it beside a store, and does not ask that', async () => {
    if (!requireTool('docker')) return;
    mkdirSync(join(home, '.docker'));
    writeFileSync(config(), JSON.stringify({ credsStore: 'broken' }));
    await login();
    await pull('docker', { PATH: process.env.PATH ?? '' });
    expect(ecr.pulled).toContain('/v2/shop/manifests/v1');
  });

  test.each(Object.keys(programs))('%s asks the helper', async (program) => {
    if (!requireTool(program)) return;
    mkdirSync(join(home, '.docker'));
    writeFileSync(config(), JSON.stringify({ credHelpers: { [host]: 'lading' } }));
    await pull(program, withHelper());
    expect(ecr.pulled).toContain('/v2/shop/manifests/v1');
    expect(readFileSync(config(), 'utf8')).not.toContain('AWS');
  });
});

describe('at moto', () => {
  let moto: Moto | undefined;
  beforeAll(async () => {
    moto = await startMoto();
  }, 240_000);
  afterAll(() => moto?.close());

  test('registries of several accounts and regions', async (context) => {
    if (!moto) return context.skip();
    const { code, stderr } = await login(['--registry', '123456789012', '--registry', '210987654321.eu-west-1'], {
      AWS_ENDPOINT_URL: moto.url,
    });
    expect(code, stderr).toBe(0);
    const name = (account: string, region: string) => `${account}.dkr.ecr.${region}.amazonaws.com`;
    expect(Object.keys(read().auths).sort()).toEqual([
      name('123456789012', 'eu-central-1'),
      name('210987654321', 'eu-west-1'),
    ]);
  });
});
