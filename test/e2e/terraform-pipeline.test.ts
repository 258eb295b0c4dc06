import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runAction } from '../../src/entry/action.js';
import { runCli } from '../../src/entry/cli.js';
import type { WorkflowCheck } from '../support/check-workflow.js';
import { loadWorkflowCheck } from '../support/check-workflow.js';
import type { Action } from '../support/run-workflow.js';
import { conclusions, runWorkflow } from '../support/run-workflow.js';
import type { TerraformStage } from '../support/terraform-stage.js';
import { openTerraformStage } from '../support/terraform-stage.js';

const example = join(import.meta.dirname, '../../examples/terraform-pipeline');
const workflow = readFileSync(join(example, '.github/workflows/ship.yml'), 'utf8');

let stage: TerraformStage | undefined;
let check: WorkflowCheck;
/** The repository, and what a job has checked out of it. */
let repository = '';
let cwd = '';
let log = '';
let summary = '';
const made: string[] = [];

const folderFor = (what: string) => {
  const folder = mkdtempSync(join(tmpdir(), `lading-${what}-`));
  made.push(folder);
  return folder;
};

beforeAll(async () => {
  stage = await openTerraformStage();
  check = await loadWorkflowCheck();
}, 120_000);
afterAll(async () => {
  await stage?.close();
  for (const folder of made) rmSync(folder, { recursive: true });
});

/** A job that has nothing of those before it but what the workflow hands on. */
const checkout: Action = async () => {
  cwd = folderFor('checkout');
  cpSync(repository, cwd, { recursive: true });
  return { code: 0, outputs: {} };
};

/** lading's own action as a step: its built code is another test's matter. */
function step(verb: string, { env, clock, base }: TerraformStage): Action {
  return async (inputs, own) => {
    const folder = folderFor('step');
    const [output, page] = [join(folder, 'output'), join(folder, 'summary')];
    for (const file of [output, page]) writeFileSync(file, '');
    const files = { GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: page };
    const given = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value] as const);
    const code = await runAction(verb, {
      env: {
        ...env,
        ...own,
        LADING_BASE: `oci:${base}`,
        GITHUB_ACTIONS: 'true',
        ...files,
        HOME: cwd,
        ...Object.fromEntries(given),
      },
      cwd,
      clock,
      signal: new AbortController().signal,
      write: (text) => void (log += text),
    });
    summary += readFileSync(page, 'utf8');
    const pairs = [...readFileSync(output, 'utf8').matchAll(/^([\w-]+)<<(\S+)\n(.*)\n\2$/gm)];
    return { code, outputs: Object.fromEntries(pairs.map(([, name, , value]) => [name ?? '', value ?? ''])) };
  };
}

async function push(stage: TerraformStage, sha: string) {
  log = '';
  summary = '';
  return runWorkflow(workflow, {
    check,
    github: { repository: 'acme/harbour', event_name: 'push', ref: 'refs/heads/main', sha },
    vars: { REGISTRY: stage.sandbox.host, AWS_REGION: 'eu-central-1' },
    // An account id that is kept as a secret.
    secrets: () => ({ ACCOUNT: stage.sandbox.accountId }),
    pull: () => Promise.reject(new Error('no job has a container')),
    actions: {
      'actions/checkout@v5': checkout,
      'OWNER/lading/actions/infra-apply@v1': step('infra apply', stage),
      'OWNER/lading/actions/build@v1': step('build', stage),
      'OWNER/lading/actions/deploy@v1': step('deploy', stage),
    },
  });
}

async function running({ sandbox, clock }: TerraformStage): Promise<string> {
  clock.advance(60_000);
  const answer = await sandbox.call('ecs', 'DescribeServices', { cluster: 'harbour', services: ['harbour'] });
  return (answer as { services: { taskDefinition: string }[] }).services[0]?.taskDefinition.split('/').at(-1) ?? '';
}

test('the workflow is one that GitHub takes', async () => {
  const own = { repository: 'OWNER/lading', folder: join(import.meta.dirname, '../..') };
  expect(await check.problemsOf(workflow, own)).toEqual([]);
});

test('registry by Terraform, image by its commit, service by Terraform; again; and the next commit', async (context) => {
  if (!stage) return context.skip();
  const { env, clock, sandbox } = stage;
  repository = folderFor('harbour');
  cpSync(example, repository, { recursive: true });
  for (const stack of ['registry', 'service']) {
    const terminal = { write: (text: string) => void (log += text) };
    const signal = new AbortController().signal;
    const world = { env: { ...env, HOME: repository }, cwd: repository, clock, signal };
    const code = await runCli(['infra', 'init', stack], { ...world, stdout: terminal, stderr: terminal });
    expect(code, log).toBe(0);
    // What is not committed.
    rmSync(join(repository, 'infra', stack, '.terraform'), { recursive: true });
    rmSync(join(repository, 'infra', stack, 'terraform.tfvars.json'));
    rmSync(join(repository, 'infra', stack, `${stack}.tfbackend`));
  }
  const all = { registry: 'success', image: 'success', service: 'success' };

  const first = await push(stage, '3f2a91c0aa');
  expect(conclusions(first), log).toEqual(all);
  expect(first.registry?.outputs).toEqual({ repository: 'harbour' });
  expect(first.image?.outputs).toEqual({ tag: '3f2a91c' });
  const one = await running(stage);
  expect(summary).toContain('Plan of service: 18 to add, 0 to change, 0 to destroy');

  expect(conclusions(await push(stage, '3f2a91c0aa')), log).toEqual(all);
  expect(await running(stage)).toBe(one);

  writeFileSync(join(repository, 'src/more.js'), 'export const more = true;\n');
  expect(conclusions(await push(stage, '77b0c4d1bb')), log).toEqual(all);
  expect(await running(stage)).not.toBe(one);
  const images = await sandbox.call('ecr', 'DescribeImages', { repositoryName: 'harbour' });
  const tags = (images as { imageDetails: { imageTags?: string[] }[] }).imageDetails.flatMap(
    ({ imageTags = [] }) => imageTags,
  );
  expect(tags.sort()).toEqual(['3f2a91c', '77b0c4d']);
  expect(existsSync(join(cwd, 'infra/service/service.tfbackend'))).toBe(true);
}, 300_000);
