import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createHttp } from '../../src/base/http/http.js';
import { systemClock } from '../../src/base/clock.js';
import type { Clock } from '../../src/base/clock.js';
import { runAction } from '../../src/entry/action.js';
import type { InitValues } from '../../src/ground/init/request.js';
import type { Sandbox } from '../../src/sandbox/start.js';
import { startSandbox } from '../../src/sandbox/start.js';
import { actionlint } from '../support/actionlint.js';
import type { WorkflowCheck } from '../support/check-workflow.js';
import { loadWorkflowCheck } from '../support/check-workflow.js';
import { lading } from '../support/command-line.js';
import { filesIn, folderOf, initIn, put, readBack, released, shop, textIn } from '../support/init-folder.js';
import { writeNodeApp, writeTinyBase } from '../support/node-app.js';
import { conclusions, runWorkflow } from '../support/run-workflow.js';
import { runInTerminal } from '../support/terminal.js';

const own = { repository: 'harbour-tools/lading', folder: join(import.meta.dirname, '../..') };
const all: InitValues = { yes: true, to: shop, cluster: 'production', service: 'shop', action: released };
const next = { 'next.config.mjs': '', 'package.json': { name: 'shop' } };

let check: WorkflowCheck;
let folder = '';
beforeAll(async () => {
  check = await loadWorkflowCheck();
});
beforeEach(() => {
  folder = folderOf();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Files = Readonly<Record<string, string | object>>;
const apps: readonly (readonly [string, Files, Partial<InitValues>, string])[] = [
  ['npm', { ...next, 'package-lock.json': '{}', '.nvmrc': '22' }, {}, '.'],
  ['no lockfile', next, { deployRole: 'arn:aws:iam::123456789012:role/deploy' }, '.'],
  ['pnpm', { ...next, 'package.json': { packageManager: 'pnpm@10.1.0' }, 'pnpm-lock.yaml': '' }, {}, '.'],
  ['pnpm without a version', { ...next, 'pnpm-lock.yaml': '' }, { githubEnvironment: "it's: #1" }, '.'],
  ['yarn', { ...next, 'yarn.lock': '' }, { branch: 'release/1.x' }, '.'],
  ['yarn 4', { ...next, 'package.json': { packageManager: 'yarn@4.5.0' }, 'yarn.lock': '' }, {}, '.'],
  ['bun', { ...next, 'bun.lock': '' }, { container: 'web' }, '.'],
  ['a Node service with a build', { 'package.json': { main: 'x.js', scripts: { build: 'tsc' } } }, {}, '.'],
  ['a Dockerfile', { Dockerfile: 'FROM scratch' }, {}, '.'],
  ['a workspace', { 'package.json': { workspaces: ['apps/*'] }, 'yarn.lock': '', 'apps/web/next.config.js': '', 'apps/web/package.json': {} }, {}, 'apps/web'], // prettier-ignore
];

describe('the workflow of lading init', () => {
  test.each(apps)(
    'of %s passes GitHub’s own parser, and gives the actions inputs that they have',
    async (_, files, values, below) => {
      put(folder, files);
      await initIn(join(folder, below), { ...all, ...values });
      const path = filesIn(folder).find((name) => name.startsWith('.github/')) ?? '';
      const text = textIn(folder, path);
      expect(await check.problemsOf(text, own)).toEqual([]);
      const { errors, jobs } = await check.jobsOf(text);
      expect(errors).toEqual([]);
      expect(jobs.map(({ id, needs }) => [id, needs])).toEqual([
        ['image', []],
        ['deploy', ['image']],
      ]);
      expect(text).not.toMatch(/\bnpx\b|[&*]a1\b/);
    },
  );

  test('passes actionlint', async () => {
    const texts: string[] = [];
    for (const [, files, values, below] of apps) {
      const one = folderOf(files);
      await initIn(join(one, below), { ...all, ...values });
      texts.push(textIn(one, filesIn(one).find((name) => name.startsWith('.github/')) ?? ''));
      rmSync(one, { recursive: true });
    }
    expect(actionlint(texts)).toEqual([]);
    expect(actionlint([(texts[0] ?? '').replace('needs: image', 'needs: nobody')])).not.toEqual([]);
  });

  test('that goes back passes all of them, too', async () => {
    const texts: string[] = [];
    for (const [files, values] of [
      [{ 'lading.yml': `push: { to: ${shop} }\ndeploy: { service: shop }` }, {}],
      [{ 'lading.yml': 'services: { a: {}, b: {} }' }, { githubEnvironment: 'production' }],
    ] as const) {
      const one = folderOf(files);
      await initIn(one, { action: released, ...values }, {}, 'rollback');
      texts.push(textIn(one, '.github/workflows/roll-back.yml'));
      rmSync(one, { recursive: true });
    }
    for (const text of texts) expect(await check.problemsOf(text, own)).toEqual([]);
    expect(actionlint(texts)).toEqual([]);
  });

  test('alone needs a lading.yml that says enough', async () => {
    for (const part of ['ship', 'rollback'] as const)
      await expect(initIn(folder, { action: released }, {}, part)).rejects.toMatchObject({ exitCode: 2 });
    expect(filesIn(folder)).toEqual([]);
  });

  test('has two roles, and no key of either while packages are installed', async () => {
    put(folder, next);
    await initIn(folder, all);
    const { jobs } = parse(textIn(folder, '.github/workflows/ship.yml')) as {
      jobs: Record<string, { steps: { uses?: string; run?: string; with?: Record<string, string> }[] }>;
    };
    const roles = Object.values(jobs).map(
      ({ steps }) => steps.find((one) => one.uses?.startsWith('aws-actions/'))?.with,
    );
    expect(roles.map((inputs) => inputs?.['role-to-assume'])).toEqual([
      '${{ vars.AWS_ROLE_BUILD }}',
      '${{ vars.AWS_ROLE_DEPLOY }}',
    ]);
    const order = jobs.image?.steps.map(({ uses, run }) => uses?.split('@')[0] ?? run) ?? [];
    expect(order.indexOf('npm install')).toBeLessThan(order.indexOf('aws-actions/configure-aws-credentials'));
  });
});

/** The rollouts of the sandbox pass quickly, while the verbs wait by the real clock. */
const start = Date.now();
const fast: Clock = {
  now: () => start + (Date.now() - start) * 30,
  sleep: (ms, signal) => systemClock.sleep(ms / 30, signal),
};

describe('on the sandbox', () => {
  let sandbox: Sandbox;
  beforeEach(async () => {
    sandbox = await startSandbox({ clock: fast });
    sandbox.createRepository('shop');
    await sandbox.call('ecs', 'RegisterTaskDefinition', {
      family: 'shop',
      cpu: '256',
      memory: '512',
      runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' },
      containerDefinitions: [
        { name: 'web', image: `${sandbox.host}/shop@sha256:${'a'.repeat(64)}` },
        { name: 'proxy', image: 'public.ecr.aws/envoy:1' },
      ],
    });
    await sandbox.call('ecs', 'CreateService', { serviceName: 'shop', taskDefinition: 'shop', desiredCount: 1 });
  });
  afterEach(() => sandbox.close());

  /** Lading's own actions as steps in a workspace. */
  function actionsIn(cwd: string) {
    const log: string[] = [];
    const run = (verb: string) => async (inputs: Readonly<Record<string, string>>) => {
      const output = join(folder, `${verb}-output`);
      writeFileSync(output, '');
      const given = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value] as const);
      const env = { ...sandbox.env, HOME: folder, GITHUB_ACTIONS: 'true', GITHUB_OUTPUT: output };
      const code = await runAction(verb, {
        env: { ...env, ...Object.fromEntries(given) },
        cwd,
        signal: new AbortController().signal,
        write: (line) => void log.push(line),
      });
      const pairs = [...textIn(folder, `${verb}-output`).matchAll(/^([\w-]+)<<(\S+)\n(.*)\n\2$/gm)];
      return { code, outputs: Object.fromEntries(pairs.map(([, name = '', , value = '']) => [name, value])) };
    };
    return { log, run };
  }

  const world = () => {
    const http = createHttp({ env: sandbox.env });
    return { env: { ...sandbox.env, HOME: folder }, http, clock: systemClock };
  };

  test('the only service of the account is seen, and the workflow ships to it', async () => {
    const app = writeNodeApp();
    const base = await writeTinyBase();
    rmSync(join(app, '.env'));
    try {
      const result = await initIn(
        app,
        { yes: true, to: `${sandbox.host}/shop`, container: 'web', action: released },
        world(),
      );
      expect(result.left).toEqual([]);
      expect(await readBack(app)).toMatchObject({ cluster: 'default', service: 'shop', region: sandbox.region });
      writeFileSync(
        join(app, 'lading.yml'),
        textIn(app, 'lading.yml').replace('build:\n', `build:\n  base: oci:${base.directory}\n`),
      );
      const text = textIn(app, '.github/workflows/ship.yml');
      const runner = actionsIn(app);
      const signedIn: string[] = [];
      const end = await runWorkflow(text.replace(/^ +- run: npm .*\n/m, ''), {
        check,
        github: { repository: 'acme/shop', sha: 'c0ffee', event_name: 'push' },
        vars: { AWS_ROLE_BUILD: 'builder', AWS_ROLE_DEPLOY: 'deployer' },
        secrets: () => ({}),
        pull: async () => undefined,
        actions: {
          'harbour-tools/lading/actions/build@v1': runner.run('build'),
          'harbour-tools/lading/actions/deploy@v1': runner.run('deploy'),
          'aws-actions/configure-aws-credentials@v6': async (inputs) => {
            signedIn.push(inputs['role-to-assume'] ?? '');
            return { code: 0, outputs: {} };
          },
        },
      });
      expect(conclusions(end), runner.log.join('')).toEqual({ image: 'success', deploy: 'success' });
      expect(signedIn).toEqual(['builder', 'deployer']);
      const { images } = (await sandbox.call('ecr', 'BatchGetImage', {
        repositoryName: 'shop',
        imageIds: [{ imageTag: 'c0ffee' }],
      })) as { images: { imageId: { imageDigest: string } }[] };
      expect(images[0]?.imageId.imageDigest).toBe(end.image?.outputs.digest);
    } finally {
      for (const one of [app, base.directory]) rmSync(one, { recursive: true, force: true });
    }
  });

  test('several images and services: a job for each image, and the services get their digests', async () => {
    const app = writeNodeApp();
    const base = await writeTinyBase();
    rmSync(join(app, '.env'));
    try {
      sandbox.createRepository('jobs');
      await sandbox.call('ecs', 'CreateService', { serviceName: 'worker', taskDefinition: 'shop', desiredCount: 1 });
      put(app, {
        'lading.yml': `region: ${sandbox.region}
build: { base: "oci:${base.directory}" }
images:
  web: { to: ${sandbox.host}/shop }
  jobs: { to: ${sandbox.host}/jobs, env: { ROLE: worker } }
services:
  shop: { image: web=web }
  worker: { image: [web=jobs], after: [shop] }
`,
      });
      const result = await initIn(app, { action: released }, world(), 'ship');
      expect(result.files).toEqual([{ path: '.github/workflows/ship.yml', action: 'created' }]);
      const text = textIn(app, '.github/workflows/ship.yml');
      expect(await check.problemsOf(text, own)).toEqual([]);
      const runner = actionsIn(app);
      const end = await runWorkflow(text.replace(/^ +- run: npm .*\n/gm, ''), {
        check,
        github: { repository: 'acme/shop', sha: 'c0ffee', event_name: 'push' },
        vars: {},
        secrets: () => ({}),
        pull: async () => undefined,
        actions: {
          'harbour-tools/lading/actions/build@v1': runner.run('build'),
          'harbour-tools/lading/actions/deploy@v1': runner.run('deploy'),
        },
      });
      expect(conclusions(end), runner.log.join('')).toEqual({
        'image-web': 'success',
        'image-jobs': 'success',
        deploy: 'success',
      });
      const { services } = (await sandbox.call('ecs', 'DescribeServices', { services: ['shop', 'worker'] })) as {
        services: { taskDefinition: string }[];
      };
      const images = services.map(async ({ taskDefinition }) => {
        const answer = (await sandbox.call('ecs', 'DescribeTaskDefinition', { taskDefinition })) as {
          taskDefinition: { containerDefinitions: { image: string }[] };
        };
        return answer.taskDefinition.containerDefinitions[0]?.image;
      });
      expect(await Promise.all(images)).toEqual([
        `${sandbox.host}/shop@${end['image-web']?.outputs.digest}`,
        `${sandbox.host}/jobs@${end['image-jobs']?.outputs.digest}`,
      ]);
      // And by hand back again, for the service that is chosen.
      await initIn(app, { action: released }, world(), 'rollback');
      const back = textIn(app, '.github/workflows/roll-back.yml');
      expect(await check.problemsOf(back, own)).toEqual([]);
      const ended = await runWorkflow(back, {
        check,
        github: { repository: 'acme/shop' },
        vars: {},
        inputs: { service: 'worker' },
        secrets: () => ({}),
        pull: async () => undefined,
        actions: { 'harbour-tools/lading/actions/rollback@v1': runner.run('rollback') },
      });
      expect(conclusions(ended), runner.log.join('')).toEqual({ rollback: 'success' });
      const { services: after } = (await sandbox.call('ecs', 'DescribeServices', { services: ['shop', 'worker'] })) as {
        services: { taskDefinition: string }[];
      };
      expect(after[0]?.taskDefinition).toBe(services[0]?.taskDefinition);
      expect(after[1]?.taskDefinition).not.toBe(services[1]?.taskDefinition);
    } finally {
      for (const one of [app, base.directory]) rmSync(one, { recursive: true, force: true });
    }
  });

  test('--from service takes over what the service says, and lists what it does not', async () => {
    put(folder, next);
    const values = { yes: true, from: 'service', cluster: 'default', service: 'shop', action: released };
    const result = await initIn(folder, values, world());
    expect(await readBack(folder)).toMatchObject({
      region: sandbox.region,
      cluster: 'default',
      service: 'shop',
      container: 'web',
      to: { repository: 'shop' },
      platform: [{ os: 'linux', architecture: 'arm64' }],
    });
    expect(result).toMatchObject({
      from: 'the ECS service default/shop',
      left: [],
      notCarried: [{ what: 'the container proxy keeps its image public.ecr.aws/envoy:1' }],
    });
    expect(textIn(folder, '.github/workflows/ship.yml')).toContain(`image: web=${sandbox.host}/shop@`);
    const again = await initIn(folder, values, world());
    expect(again.files.map(({ action }) => action)).toEqual(['unchanged', 'unchanged']);
  });

  test('--from service tells a service that is not there', async () => {
    const values = { yes: true, from: 'service', service: 'none' };
    await expect(initIn(folder, values, world())).rejects.toMatchObject({ code: 'SERVICE_MISSING', exitCode: 2 });
    expect(filesIn(folder)).toEqual([]);
  });
});

describe('the command line', () => {
  const flags = ['--to', shop, '--cluster', 'production', '--action', released];

  test('asks at a terminal, checks the answers, and writes after a yes', async (context) => {
    put(folder, next);
    const typed = ['no name!\r', '\r', 'y\r'];
    const prompts = ['Which ECS service', 'An answer', 'Write these'];
    const asked = [/CLUSTER\/SERVICE\)\? \[shop\] $/, /CLUSTER\/SERVICE\)\? \[shop\] $/, /files\? \[yes\] $/];
    const run = await runInTerminal(['init', ...flags], {
      cwd: folder,
      env: { AWS_EC2_METADATA_DISABLED: 'true' },
      type: (raw) => {
        const plain = raw.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '');
        const count = (plain.match(/\)\? \[shop\] |files\? \[yes\] /g) ?? []).length;
        if (count < prompts.length - typed.length + 1 || !asked[3 - typed.length]?.test(plain)) return undefined;
        return typed.shift();
      },
    });
    if (!run) return context.skip();
    expect(run.code, run.raw).toBe(0);
    expect(run.screen.join('\n')).toContain('is no name of ECS');
    expect(await readBack(folder)).toMatchObject({ service: 'shop', cluster: 'production' });
  });

  test.each([
    ['Ctrl-C', '\u0003', 130],
    ['the end of input', '\u0004', 2],
  ])('%s at a question ends it, and nothing is written', async (_name, key, code) => {
    put(folder, next);
    let sent = false;
    const run = await runInTerminal(['init', ...flags], {
      cwd: folder,
      env: { AWS_EC2_METADATA_DISABLED: 'true' },
      type: (raw) => {
        if (sent || !raw.includes('[shop]')) return undefined;
        sent = true;
        return key;
      },
    });
    if (!run) return;
    expect(run.code, run.raw).toBe(code);
    expect(filesIn(folder)).toEqual(['next.config.mjs', 'package.json']);
  });

  test('without a terminal it never waits: what is missing is told by its flags', async () => {
    put(folder, next);
    const ended = await lading(['init', ...flags], { cwd: folder, env: { AWS_EC2_METADATA_DISABLED: 'true' } });
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain('error: --service: is missing');
    const json = await lading(['init', '--json', ...flags], {
      cwd: folder,
      env: { AWS_EC2_METADATA_DISABLED: 'true' },
    });
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { kind: 'input' } });
  });

  test('a folder that may not be written to keeps what it has', async (context) => {
    if (process.getuid?.() !== 0) return context.skip();
    put(folder, next);
    chmodSync(folder, 0o755);
    const ended = await lading(['init', '--service', 'shop', ...flags], {
      cwd: folder,
      uid: 65_534,
      env: { AWS_EC2_METADATA_DISABLED: 'true' },
    });
    expect(ended.code, ended.stderr).toBe(2);
    expect(ended.stderr).toContain('cannot be written, so nothing is');
    expect(filesIn(folder)).toEqual(['next.config.mjs', 'package.json']);
  });
});
