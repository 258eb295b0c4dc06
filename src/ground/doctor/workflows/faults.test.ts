import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runChecks } from '../check.js';
import type { FilesScene } from '../files.js';
import { fileChecks } from '../file-checks.js';
import type { Finding } from '../finding.js';
import { placeText } from '../finding.js';
import { applyEdits } from '../mend/edits.js';
import { parseWorkflow } from './parse.js';

type Files = Readonly<Record<string, string>>;

async function sceneOf(files: Files, more: Partial<FilesScene> = {}): Promise<FilesScene> {
  const texts = Object.entries(files).map(([path, text]) => ({ path, text }));
  const workflows = texts.filter(({ path }) => path.startsWith('.github/workflows/'));
  return {
    folder: '/repository',
    workflows: await Promise.all(workflows.map(({ path, text }) => parseWorkflow(path, text))),
    terraform: texts.filter(({ path }) => path.endsWith('.tf')),
    policies: texts.filter(({ path }) => path.endsWith('.json')),
    backends: [],
    trackedStates: [],
    localStates: [],
    ...more,
  };
}

async function find(files: Files, more: Partial<FilesScene> = {}): Promise<readonly Finding[]> {
  return runChecks(fileChecks, await sceneOf(files, more), new AbortController().signal);
}

const WORKFLOW = '.github/workflows/deploy.yml';

/** A pipeline that is well: what the faults are put into. */
const well = `name: Deploy
on:
  push:
    branches: [main]
permissions:
  id-token: write
  contents: read
env:
  AWS_REGION: eu-central-1
jobs:
  registry:
    runs-on: ubuntu-latest
    outputs:
      repository: \${{ steps.out.outputs.repository }}
    steps:
      - uses: actions/checkout@v5
      - uses: aws-actions/configure-aws-credentials@v6
        with:
          role-to-assume: arn:aws:iam::123456789012:role/infra
          aws-region: eu-central-1
      - uses: hashicorp/setup-terraform@v3
        with:
          terraform_wrapper: false
      - id: out
        run: |
          terraform init -backend-config=registry.tfbackend
          terraform apply -auto-approve \\
            -var name=shop \\
            -input=false
          # the name alone
          echo "repository=$(terraform output -raw repository_name)" >> "$GITHUB_OUTPUT"
  image:
    needs: registry
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v5
      - run: docker build -t "\${{ needs.registry.outputs.repository }}:\${{ github.sha }}" .
`;

interface Fault {
  readonly what: string;
  readonly from: string | RegExp;
  readonly to: string;
  readonly code: string;
  /** Line and column in the text with the fault. */
  readonly at: string;
  readonly says?: RegExp;
  /** What the line reads when it is mended. */
  readonly mended?: string;
}

// prettier-ignore
const faults: readonly Fault[] = [
  { what: 'the ARN of the provider', from: 'iam::123456789012:role/infra', to: 'iam::123456789012:oidc-provider/token.actions.githubusercontent.com', code: 'workflow/role', at: '19:27', says: /names the identity provider/ },
  { what: 'the ARN of a session', from: 'arn:aws:iam::123456789012:role/infra', to: 'arn:aws:sts::123456789012:assumed-role/infra/me', code: 'workflow/role', at: '19:27', says: /names a session/ },
  { what: 'a bare name', from: 'arn:aws:iam::123456789012:role/infra', to: 'infra', code: 'workflow/role', at: '19:27', says: /bare name/ },
  { what: 'a provider behind an expression', from: '123456789012:role/infra', to: '${{ vars.ACCOUNT }}:oidc-provider/x', code: 'workflow/role', at: '19:27' },
  { what: 'no permission to ask for a token', from: '  id-token: write\n', to: '', code: 'workflow/id-token', at: '16:15' },
  { what: '::set-output', from: 'echo "repository=$(terraform output -raw repository_name)" >> "$GITHUB_OUTPUT"', to: 'echo "::set-output name=repository::$(terraform output -raw repository_name)"', code: 'workflow/command', at: '31:17', mended: '          echo "repository=$(terraform output -raw repository_name)" >> "$GITHUB_OUTPUT"' },
  { what: '::set-output in one line', from: /run: docker build.*/, to: 'run: echo "::set-output name=tag::v1"', code: 'workflow/command', at: '37:20', mended: '      - run: echo "tag=v1" >> "$GITHUB_OUTPUT"' },
  { what: 'an action of old', from: 'aws-actions/configure-aws-credentials@v6', to: 'aws-actions/configure-aws-credentials@v1', code: 'workflow/action', at: '17:15', mended: '      - uses: aws-actions/configure-aws-credentials@v6' },
  { what: 'checkout of old', from: 'actions/checkout@v5', to: 'actions/checkout@v2', code: 'workflow/action', at: '16:15', mended: '      - uses: actions/checkout@v5' },
  { what: 'a runner that is no more', from: 'ubuntu-24.04', to: 'ubuntu-20.04', code: 'workflow/runner', at: '34:14', mended: '    runs-on: ubuntu-24.04' },
  { what: 'no Terraform', from: /      - uses: hashicorp[\s\S]*?false\n/, to: '', code: 'workflow/terraform', at: '23:11', mended: '      - uses: hashicorp/setup-terraform@v3' },
  { what: 'the wrapper', from: /        with:\n          terraform_wrapper: false\n/, to: '', code: 'workflow/wrapper', at: '29:28', mended: '          terraform_wrapper: false' },
  { what: 'the wrapper, said', from: 'terraform_wrapper: false', to: 'terraform_wrapper: true', code: 'workflow/wrapper', at: '31:28', mended: '          terraform_wrapper: false' },
  { what: 'the wrapper, with a version', from: 'terraform_wrapper: false', to: 'terraform_version: 1.11.4', code: 'workflow/wrapper', at: '31:28', mended: '          terraform_wrapper: false' },
  { what: 'no dollar', from: '123456789012:role/infra', to: '{{ secrets.ACCOUNT_ID }}:role/infra', code: 'workflow/dollar', at: '19:40', mended: '          role-to-assume: arn:aws:iam::${{ secrets.ACCOUNT_ID }}:role/infra' },
  { what: 'no dollar, and nothing before it', from: 'aws-region: eu-central-1', to: 'aws-region: {{ secrets.AWS_REGION }}', code: 'workflow/dollar', at: '20:23', mended: '          aws-region: ${{ secrets.AWS_REGION }}' },
  { what: 'a backslash with a space', from: '-auto-approve \\', to: '-auto-approve \\  ', code: 'workflow/continuation', at: '27:41', says: /has a space behind it/, mended: '          terraform apply -auto-approve \\' },
  { what: 'a backslash at the end', from: '-input=false', to: '-input=false \\', code: 'workflow/continuation', at: '29:26', says: /goes on with a comment/ },
  { what: 'a backslash at the very end', from: /(docker build)/, to: '|\n          docker push shop \\', code: 'workflow/continuation', at: '38:28', says: /goes on with nothing/ },
  { what: 'no backslash', from: '-var name=shop \\', to: '-var name=shop', code: 'workflow/continuation', at: '29:13', says: /begins with a flag/, mended: '            -var name=shop \\' },
  { what: 'an output of a job that is not needed', from: '    needs: registry\n', to: '', code: 'workflow/needs', at: '36:31', says: /does not need registry/ },
  { what: 'an output of no job', from: 'needs.registry.outputs', to: 'needs.registri.outputs', code: 'workflow/needs', at: '37:31', says: /no job registri/ },
  { what: 'an output that is not there', from: 'outputs.repository }}:', to: 'outputs.name }}:', code: 'workflow/needs', at: '37:31', says: /has no output name/ },
  { what: 'no YAML', from: 'runs-on: ubuntu-24.04', to: 'runs-on: "ubuntu-24.04', code: 'workflow/yaml', at: '' },
];

function put({ from, to }: Pick<Fault, 'from' | 'to'>): string {
  const bad = well.replace(from, () => to);
  expect(bad).not.toBe(well);
  return bad;
}

describe('a fault of a workflow is found', () => {
  test.each(faults)('$what', async ({ code, at, says, mended, ...change }) => {
    const text = put(
      change.what === 'a backslash at the very end' ? { from: /docker build.*/, to: change.to } : change,
    );
    const findings = await find({ [WORKFLOW]: text });
    const wrong = findings.filter(({ state }) => state === 'wrong');
    const found = wrong.find((one) => one.code === code);
    expect(wrong.map((one) => one.code)).toContain(code);
    if (at !== '') expect(found?.at && placeText(found.at)).toBe(`${WORKFLOW}:${at}`);
    if (says) expect(found?.what).toMatch(says);
    expect(found?.fix).toBeTruthy();
    if (mended === undefined) return;
    const mend = found?.mend;
    const after = mend?.in === 'file' ? applyEdits(text, mend.edits) : '';
    expect(after.split('\n')).toContain(mended);
    const again = await find({ [WORKFLOW]: after });
    expect(again.filter((one) => one.state === 'wrong' && one.code === code)).toEqual([]);
  });

  test('a secret account id, and an output that holds it', async () => {
    const text = put({ from: 'arn:aws:iam::123456789012', to: 'arn:aws:iam::${{ secrets.AWS_ACCOUNT_ID }}' });
    expect(await find({ [WORKFLOW]: text })).toMatchObject(
      [{ state: 'ok', code: 'workflow/account-secret', at: { line: 19 }, fix: /variable/ }].map((one) => ({
        ...one,
        fix: expect.stringMatching(one.fix) as string,
      })),
    );
    const dropped = text.replace('steps.out.outputs.repository }}', 'steps.login.outputs.registry }}');
    expect(await find({ [WORKFLOW]: dropped })).toMatchObject([
      { state: 'wrong', code: 'workflow/account-secret', at: { file: WORKFLOW, line: 14 } },
    ]);
  });
});

describe('a fault of Terraform’s files is found', () => {
  // prettier-ignore
  const cases = [
    ['a backend in a .tf file', 'infra/backend-config.tf', 'bucket = "state"\nkey    = "shop"\n', 'terraform/backend', '1:1'],
    ['a backend outside', 'main.tf', '# state\nbackend "s3" {\n  bucket = "state"\n}\n', 'terraform/backend', '2:1'],
    ['what the provider has no more', 'main.tf', 'data "aws_subnet_ids" "all" {\n  vpc_id = var.vpc\n}\n', 'terraform/removed', '1:1'],
    ['a wide subject in jsonencode', 'roles.tf', 'resource "aws_iam_role" "x" {\n  assume_role_policy = jsonencode({ Statement = [{ Condition = { StringLike = {\n    "token.actions.githubusercontent.com:sub" = "repo:acme/shop:*"\n  } } }] })\n}\n', 'trust/wide', '3:49'],
    ['an audience by StringLike', 'roles.tf', 'data "aws_iam_policy_document" "x" {\n  statement {\n    condition {\n      test     = "StringLike"\n      variable = "token.actions.githubusercontent.com:aud"\n      values   = ["sts.amazonaws.com"]\n    }\n  }\n}\n', 'trust/audience', '5:18'],
    ['a wide subject in JSON', 'trust-policy.json', '{"Statement": [{"Condition": {"StringLike": {\n  "token.actions.githubusercontent.com:sub": [\n    "repo:acme@1/shop@2:environment:production",\n    "repo:acme/*"\n  ]}}}]}\n', 'trust/wide', '4:5'],
    ['a service that Terraform turns back', 'service.tf', 'resource "aws_ecs_service" "shop" {\n  name = "shop"\n}\n', 'terraform/owner', '1:1'],
  ] as const;
  test.each(cases)('%s', async (_what, path, text, code, at) => {
    const deploys = `${well}      - run: lading ship\n`;
    const findings = (await find({ [WORKFLOW]: deploys, [path]: text })).filter(({ state }) => state === 'wrong');
    expect(findings.map((one) => one.code)).toEqual([code]);
    expect(findings[0]?.at && placeText(findings[0].at)).toBe(`${path}:${at}`);
    expect(findings[0]?.fix).toBeTruthy();
  });

  test('a state that is committed', async () => {
    const findings = await find(
      {},
      { trackedStates: ['infra/terraform.tfstate'], localStates: ['infra/terraform.tfstate'] },
    );
    expect(findings).toMatchObject([
      { state: 'wrong', code: 'terraform/state', at: { file: 'infra/terraform.tfstate' } },
    ]);
  });

  test('a backend that is wrapped is well', async () => {
    const text = 'backend "s3" {\n  bucket = "state"\n}\n';
    const [finding] = await find({ 'main.tf': text });
    const after = finding?.mend?.in === 'file' ? applyEdits(text, finding.mend.edits) : '';
    expect(after).toBe('terraform {\n  backend "s3" {\n    bucket = "state"\n  }\n}\n');
    expect(await find({ 'main.tf': after })).toEqual([]);
  });
});

describe('what is well gives no alarm', () => {
  test('the pipeline that faults are put into', async () => {
    expect(await find({ [WORKFLOW]: well })).toEqual([]);
  });

  // prettier-ignore
  const unusual = [
    ['flags in a list of words', 'run: |\n          args=(\n            --force\n            -x\n          )\n          cmd "${args[@]}"'],
    ['a document in the script', "run: |\n          cat > list <<'END'\n          items:\n            - one\n            -v two\n          END"],
    ['a template of Docker', "run: docker inspect --format '{{ .State.Status }} {{ env.x }}' web"],
    ['a text over lines', 'run: |\n          git commit -m "first\n            --second\n          "'],
    ['folded text', 'run: >\n          docker build\n          --tag shop\n          .'],
    ['PowerShell', 'shell: pwsh\n        run: |\n          Get-Item `\n            -Path x'],
    ['a pipe at the end', 'run: |\n          cat x |\n            -e y'],
    ['a role from a variable', 'uses: aws-actions/configure-aws-credentials@v6\n        with:\n          role-to-assume: ${{ vars.AWS_ROLE_ARN }}'],
    ['a role with a path', 'uses: aws-actions/configure-aws-credentials@v6\n        with:\n          role-to-assume: arn:aws-cn:iam::123456789012:role/ci/deploy+1'],
    ['a name with keys', 'uses: aws-actions/configure-aws-credentials@v6\n        with:\n          role-to-assume: deploy\n          aws-access-key-id: ${{ secrets.KEY }}'],
    ['an action by its commit', 'uses: actions/checkout@8e8c483db84b4bee98b60c0593521ed34d9990e8'],
    ['an action of this repository', 'uses: ./.github/actions/terraform'],
    ['a word that sounds like Terraform', 'run: echo "terraform apply comes later"'],
    ['Terraform that is installed here', 'run: |\n          sudo apt-get install terraform\n          terraform apply'],
  ] as const;
  test.each(unusual)('%s', async (_what, step) => {
    const text = well.replace(/run: docker build.*/, () => step);
    expect((await find({ [WORKFLOW]: text })).filter(({ state }) => state !== 'ok')).toEqual([]);
  });

  test('a called workflow, a container with Terraform, a runner of one’s own', async () => {
    const text = `on: { workflow_call: {} }
jobs:
  a:
    runs-on: [self-hosted, ubuntu-20.04]
    steps:
      - uses: aws-actions/configure-aws-credentials@v6
        with: { role-to-assume: 'arn:aws:iam::123456789012:role/x' }
      - run: terraform plan
  b:
    runs-on: ubuntu-latest
    container: hashicorp/terraform
    steps: [{ run: terraform plan }]
  c:
    needs: [a, b]
    uses: ./.github/workflows/other.yml
    with: { x: '\${{ needs.a.result }}' }
`;
    expect(await find({ [WORKFLOW]: text })).toEqual([]);
  });

  test('stacks of Terraform in their usual form', async () => {
    const text = `terraform {
  backend "s3" {}
}
locals { region = "x" }
variable "bucket" { default = "a" }
/* bucket = "no" */
resource "aws_s3_bucket" "x" {
  bucket = "x"
  policy = <<-END
    { "bucket": 1
  END
}
`;
    expect(await find({ 'main.tf': text })).toEqual([]);
  });

  const examples = join(import.meta.dirname, '../../../../examples');
  const files = readdirSync(examples, { recursive: true, encoding: 'utf8' }).filter(
    (path) => /\.ya?ml$/.test(path) && path.includes('workflows'),
  );
  test('the examples', async () => {
    const texts = files.map(
      (path) => [`.github/workflows/${path.replaceAll('/', '-')}`, readFileSync(join(examples, path), 'utf8')] as const,
    );
    expect((await find(Object.fromEntries(texts))).filter(({ state }) => state === 'wrong')).toEqual([]);
  });
});
