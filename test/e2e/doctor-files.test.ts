import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { planWorkflows } from '../../src/rotation/workflows/plan.js';
import { parseWorkflowRequest } from '../../src/rotation/workflows/request.js';
import type { DoctorResult } from '../../src/ground/doctor/result.js';
import { lading } from '../support/command-line.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lading-doctor-'));
  execFileSync('git', ['init', '--quiet', folder]);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

async function doctor(...args: readonly string[]) {
  const ended = await lading(['doctor', ...args], { cwd: folder });
  return ended;
}

const codes = (text: string) =>
  (JSON.parse(text) as DoctorResult).findings
    .filter(({ state }) => state === 'wrong')
    .map(({ code, at }) => `${code} ${at?.file ?? ''}:${at?.line ?? ''}`);

/** The tutorial of the field, with what is wrong in it. */
const tutorial = {
  '.github/workflows/ci.yml': `on: push
permissions: { id-token: write, contents: read }
jobs:
  registry:
    runs-on: ubuntu-20.04
    outputs:
      registry: \${{ steps.out.outputs.registry }}
    steps:
      - uses: actions/checkout@v2
      - uses: aws-actions/configure-aws-credentials@v1
        with:
          role-to-assume: arn:aws:iam::{{ secrets.ACCOUNT_ID }}:role/ci
          aws-region: eu-central-1
      - id: out
        run: |
          terraform init -backend-config=config/backend-config.tf
          terraform apply -auto-approve \\ 
            -input=false
          echo "::set-output name=registry::$(terraform output -raw registry)"
  deploy-app:
    runs-on: ubuntu-latest
    steps:
      - run: echo \${{ needs.registry.outputs.registry }}
`,
  'terraform/config/backend-config.tf': 'bucket = "state"\nkey    = "shop"\n',
  'terraform/main.tf': 'backend "s3" {}\n\ndata "aws_subnet_ids" "all" {\n  vpc_id = "x"\n}\n',
  'terraform/terraform.tfstate': '{}\n',
};

describe('the tutorial of the field', () => {
  test('each fault by its file and line; exit code 10', async () => {
    put(tutorial);
    execFileSync('git', ['-C', folder, 'add', 'terraform/terraform.tfstate']);
    const ended = await doctor('--json');
    expect(ended.code).toBe(10);
    const ci = '.github/workflows/ci.yml';
    expect(codes(ended.stdout)).toEqual([
      `workflow/runner ${ci}:5`,
      `workflow/account-secret ${ci}:7`,
      `workflow/action ${ci}:9`,
      `workflow/action ${ci}:10`,
      `workflow/dollar ${ci}:12`,
      `workflow/continuation ${ci}:17`,
      `workflow/command ${ci}:19`,
      `workflow/needs ${ci}:23`,
      'terraform/backend terraform/config/backend-config.tf:1',
      'terraform/backend terraform/main.tf:1',
      'terraform/removed terraform/main.tf:3',
      'terraform/state terraform/terraform.tfstate:1',
    ]);
  });

  test('--fix shows what it will do, does it, and goes on until nothing more can be mended', async () => {
    put(tutorial);
    const before = readFileSync(join(folder, '.github/workflows/ci.yml'), 'utf8');
    const dry = await doctor('--fix', '--dry-run');
    expect(dry.stdout).toContain('-    runs-on: ubuntu-20.04\n+    runs-on: ubuntu-24.04');
    expect(readFileSync(join(folder, '.github/workflows/ci.yml'), 'utf8')).toBe(before);

    const ended = await doctor('--fix', '--json');
    const { mended, diff } = JSON.parse(ended.stdout) as DoctorResult;
    const renamed = 'terraform/config/backend-config.tf → terraform/config/backend-config.tfbackend';
    expect(mended).toEqual(['.github/workflows/ci.yml', renamed, 'terraform/main.tf']);
    expect(diff).toContain('+++ b/terraform/config/backend-config.tfbackend');
    expect(codes(ended.stdout)).toEqual([
      'workflow/account-secret .github/workflows/ci.yml:7',
      'workflow/needs .github/workflows/ci.yml:26',
      'terraform/removed terraform/main.tf:5',
    ]);
    const after = readFileSync(join(folder, '.github/workflows/ci.yml'), 'utf8');
    expect(after).toContain('-backend-config=config/backend-config.tfbackend\n');
    expect(after).toContain(
      '      - uses: hashicorp/setup-terraform@v3\n        with:\n          terraform_wrapper: false\n      - id: out\n',
    );
    expect(after).toContain('echo "registry=$(terraform output -raw registry)" >> "$GITHUB_OUTPUT"');
    expect(existsSync(join(folder, 'terraform/config/backend-config.tf'))).toBe(false);
    expect(JSON.parse((await doctor('--fix', '--json')).stdout)).toMatchObject({ mended: [] });
  });

  test('it says in a job where each fault stands, as annotations', async () => {
    put(tutorial);
    const env = { GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: folder };
    const { stdout, stderr } = await lading(['doctor'], { cwd: folder, env });
    expect(stdout + stderr).toMatch(
      /::error [^\n]*file=\.github\/workflows\/ci\.yml,line=5[^\n]*::the job registry waits for a runner/,
    );
  });
});

describe('nothing is wrong', () => {
  test('with an empty folder: without credentials AWS is unknown, and that is no fault', async () => {
    const ended = await doctor();
    expect(ended.stdout).toMatch(/^unknown {2}What AWS has: cannot be told/);
    expect(ended.code).toBe(0);
  });

  test('with the workflows that lading writes', async () => {
    const request = parseWorkflowRequest({
      form: 'schedule',
      identity: 'app',
      role: 'arn:aws:iam::123456789012:role/rotate',
      registry: ['123456789012.eu-central-1'],
      image: ['ci/node:22'],
      to: ['acme/shop'],
      secret: 'ECR_PASSWORD',
      action: 'acme/lading@v1',
    } as never);
    const home = {
      repository: 'acme/shop',
      ownerId: '17',
      repositoryId: '42',
      issuer: 'token.actions.githubusercontent.com',
    };
    put(Object.fromEntries(planWorkflows(request, home).files.map(({ path, text }) => [path, text])));
    expect(codes((await doctor('--json')).stdout)).toEqual([]);
  });

  test('a Next.js app that a release packs must be standalone; one that it does not pack may be anything', async () => {
    put({ 'web/package.json': '{"dependencies": {"next": "16"}}', 'web/next.config.mjs': 'export default {};\n' });
    expect((await doctor()).code).toBe(0);
    put({ 'lading.yml': 'build: { app: web }\n' });
    expect(codes((await doctor('--json')).stdout)).toEqual(['next/output web/next.config.mjs:1']);
    put({ 'web/next.config.mjs': "export default { output: 'standalone' };\n" });
    expect((await doctor()).code).toBe(0);
  });
});
