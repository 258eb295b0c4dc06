import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { AwsError } from '../../src/aws/failure.js';
import type { AwsRpcServiceName } from '../../src/aws/services.js';
import { openAws } from '../../src/aws/session.js';
import { startGitHub } from '../../src/sandbox/github/server.js';
import { testWorld } from '../support/world.js';
import type { PolicyDocument } from '../../src/cloud/document.js';
import { runCli } from '../../src/entry/cli.js';
import type { RoleName } from '../../src/ground/bootstrap/request.js';
import { roleNames } from '../../src/ground/bootstrap/request.js';
import type { Ground } from '../support/ground.js';
import { openGround } from '../support/ground.js';
import type { Moto } from '../support/moto.js';
import { startMoto } from '../support/moto.js';
import { writeNodeApp, writeTinyBase } from '../support/node-app.js';
import type { Asked } from '../support/policy-check.js';
import { allows, askedOf, askedOfRegistry } from '../support/policy-check.js';
import type { Stage } from '../support/stage.js';
import { pushImage } from '../support/push-image.js';
import { everything } from '../support/rotation-stage.js';
import { NEW, openStage } from '../support/stage.js';
import { findTool, missing } from '../support/tools.js';

let moto: Moto | undefined;
let ground: Ground;
const stages: Stage[] = [];
beforeAll(async () => {
  moto = await startMoto();
  if (moto) ground = await openGround(moto.url);
}, 240_000);
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});
afterAll(async () => {
  ground?.close();
  await moto?.close();
});

interface Documents {
  readonly trust?: PolicyDocument | undefined;
  readonly policy: PolicyDocument;
}

/** Of the service and the repository of a stage: what `lading.yml` says there. */
async function documents(given: Parameters<Ground['run']>[0] = {}): Promise<ReadonlyMap<string, Documents>> {
  const { items } = await ground.run({
    service: 'web',
    name: 'web',
    ecrRepository: 'shop',
    lock: 'dynamodb',
    dryRun: true,
    ...given,
  });
  return new Map(
    items.flatMap(({ name, documents: found }) =>
      found?.policy ? [[name.replace('lading-web-', ''), { trust: found.trust, policy: found.policy }] as const] : [],
    ),
  );
}

describe('what IAM is given', () => {
  function cfnLint(all: ReadonlyMap<string, Documents>): readonly string[] {
    const folder = mkdtempSync(join(tmpdir(), 'lading-cfn-'));
    const resources = [...all].map(([name, { trust, policy }]): readonly [string, object] => [
      `R${name.replace(/\W/g, '')}`,
      trust
        ? {
            Type: 'AWS::IAM::Role',
            Properties: {
              AssumeRolePolicyDocument: trust,
              Policies: [{ PolicyName: 'lading', PolicyDocument: policy }],
            },
          }
        : { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: policy } },
    ]);
    const file = join(folder, 'template.json');
    writeFileSync(
      file,
      JSON.stringify({ AWSTemplateFormatVersion: '2010-09-09', Resources: Object.fromEntries(resources) as unknown }),
    );
    const { stdout } = spawnSync('cfn-lint', ['-c', 'I', '--format', 'json', '-t', file], { encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    return (JSON.parse(stdout || '[]') as { Rule: { Id: string }; Message: string }[]).map(
      ({ Rule, Message }) => `${Rule.Id} ${Message}`,
    );
  }

  test('passes cfn-lint, which finds what is wrong', async (context) => {
    if (!moto) return context.skip();
    if (!findTool('cfn-lint')) {
      missing('cfn-lint', 'PyPI cfn-lint');
      return context.skip();
    }
    const all = await documents();
    expect([...all.keys()]).toEqual(['boundary', ...roleNames]);
    expect(cfnLint(all)).toEqual([]);
    const bad = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'ecs:UpdateServise', Resource: '*' }] };
    expect(cfnLint(new Map([['bad', { policy: bad }]])).join()).toContain('W3037');
  }, 60_000);

  test('is short enough: 10240 letters of inline policies, 6144 of a managed one, 2048 of a trust', async (context) => {
    if (!moto) return context.skip();
    for (const [name, { trust, policy }] of await documents()) {
      expect(JSON.stringify(policy).length, name).toBeLessThan(name === 'boundary' ? 6144 : 10_240);
      expect(JSON.stringify(trust ?? {}).length, name).toBeLessThan(2048);
    }
  });
});

describe('what verbs ask for', () => {
  async function run(stage: Stage, argv: readonly string[], cwd: string, env: Record<string, string> = {}) {
    const asked: Asked[] = [];
    const [calls, requests] = [stage.sandbox.journal.length, stage.sandbox.requests.length];
    const text = { value: '' };
    const code = await runCli([...argv, '--json'], {
      env: { ...stage.sandbox.env, ...env },
      cwd,
      signal: new AbortController().signal,
      clock: stage.clock,
      stdout: { write: () => true },
      stderr: { write: (piece: string) => (text.value += piece) },
    });
    for (const entry of stage.sandbox.journal.slice(calls))
      if (entry.service !== 'registry') asked.push(...askedOf(entry));
    for (const entry of stage.sandbox.requests.slice(requests)) asked.push(...askedOfRegistry(entry));
    return { code, asked, text: text.value };
  }

  async function open(scenario: string): Promise<Stage> {
    const stage = await openStage(scenario, {}, { consistency: 'strong', createOnPush: true });
    stages.push(stage);
    return stage;
  }

  /** The policies that a bootstrap makes when it sees the service of the stage. */
  async function policies(stage: Stage): Promise<(role: RoleName) => PolicyDocument> {
    const { AWS_ENDPOINT_URL: url = '', ...keys } = stage.sandbox.env;
    const seen = { ...keys, AWS_ENDPOINT_URL_ECS: url };
    const { items } = await ground.run(
      { service: 'web', cluster: 'default', name: 'web', ecrRepository: 'shop', dryRun: true },
      { env: { ...seen, AWS_ENDPOINT_URL: moto?.url } },
    );
    return (role) => {
      const found = items.find(({ name }) => name === `lading-web-${role}`)?.documents?.policy;
      if (!found) throw new Error(`no ${role}`);
      return found;
    };
  }

  const refused = (policy: PolicyDocument, asked: readonly Asked[]) =>
    asked.filter((one) => !allows(policy, one)).map(({ action, resource }) => `${action} on ${resource}`);

  test('push, by the builder and nobody else', async (context) => {
    if (!moto) return context.skip();
    const stage = await open('ok');
    const app = writeNodeApp();
    const base = `oci:${(await writeTinyBase()).directory}`;
    const built = await run(stage, ['build', '--app', '.', '--base', base, '--output', '.lading/image'], app);
    expect([built.code, built.asked]).toEqual([0, []]);
    const to = `${stage.sandbox.host}/shop`;
    const first = await run(stage, ['push', '--to', `${to}:v1`], app);
    const second = await run(stage, ['push', '--to', `${to}:v2`], app);
    rmSync(app, { recursive: true });
    expect([first.code, second.code]).toEqual([0, 0]);
    expect(new Set(first.asked.map(({ action }) => action))).toContain('ecr:PutImage');
    const of = await policies(stage);
    expect(refused(of('build'), [...first.asked, ...second.asked])).toEqual([]);
    for (const role of roleNames.filter((one) => one !== 'build'))
      expect(refused(of(role), first.asked), role).not.toEqual([]);
  });

  test.for(['ok', 'stop-refused', 'breaker-count', 'alarm'])(
    'deploy, status, logs and rollback of a rollout %s, by the deployer and nobody else',
    async (scenario, context) => {
      if (!moto) return context.skip();
      const stage = await open(scenario);
      const of = await policies(stage);
      const deployed = await run(stage, ['deploy', '--service', 'web', '--image', `web=${NEW}`], tmpdir());
      expect([0, 5, 7]).toContain(deployed.code);
      const others = [];
      for (const verb of [['status'], ['logs', '--since', '1h'], ['rollback', '--dry-run']]) {
        others.push(await run(stage, [...verb, '--service', 'web'], tmpdir()));
      }
      expect(
        refused(
          of('deploy'),
          [deployed, ...others].flatMap(({ asked }) => asked),
        ),
      ).toEqual([]);
      expect(deployed.asked.map(({ action }) => action)).toContain('iam:PassRole');
      for (const role of roleNames.filter((one) => one !== 'deploy')) {
        expect(refused(of(role), deployed.asked), role).not.toEqual([]);
      }
    },
  );

  test('rotate, by its own role: it logs in and pulls, and pushes nothing', async (context) => {
    if (!moto) return context.skip();
    const stage = await open('ok');
    await pushImage(stage.sandbox, 'shop', 'v1');
    const gitHub = await startGitHub({ clock: stage.clock });
    gitHub.addRepository('acme/shop');
    gitHub.addToken('github_pat_x', 'fine-grained', { permissions: everything });
    const env = { GITHUB_API_URL: gitHub.url, GH_TOKEN: 'github_pat_x' };
    const work = mkdtempSync(join(tmpdir(), 'lading-rotate-'));
    const rotated = await run(stage, ['rotate', '--to', 'acme/shop', '--image', 'shop:v1'], work, env);
    await gitHub.close();
    rmSync(work, { recursive: true });
    expect(rotated.code).toBe(0);
    const of = await policies(stage);
    expect(rotated.asked.map(({ action }) => action)).toContain('ecr:GetAuthorizationToken');
    expect(refused(of('rotate'), rotated.asked)).toEqual([]);
  });
});

/** Which role each call is for, in turn with all others: moto looks at actions alone, whatever they are on. */
describe('moto with IAM', () => {
  const calls: Readonly<Record<RoleName, readonly string[]>> = {
    build: ['ecr PutImage', 'ecr InitiateLayerUpload', 'ecr UploadLayerPart', 'ecr CompleteLayerUpload'],
    deploy: [
      'ecs RegisterTaskDefinition',
      'ecs UpdateService',
      'ecs DescribeServices',
      'ecs ListTasks',
      'logs GetLogEvents',
    ],
    'infra-plan': ['ecr DescribeRepositories', 'ec2 DescribeVpcs', 'elbv2 DescribeLoadBalancers', 'dynamodb GetItem'],
    'infra-apply': [
      'ecr CreateRepository',
      'ecs CreateCluster',
      'iam CreateRole',
      'ec2 CreateSecurityGroup',
      'dynamodb PutItem',
    ],
    rotate: ['ecr GetAuthorizationToken', 'ecr BatchGetImage', 'ecr GetDownloadUrlForLayer'],
  };

  test('lets each role do what its verbs do, and refuses what those of the others do', async (context) => {
    if (!moto) return context.skip();
    const { url } = moto;
    const enforce = (after: number) =>
      fetch(`${url}/moto-api/reset-auth`, {
        method: 'POST',
        body: String(after),
        headers: { 'content-type': 'text/plain' },
      });
    const all = await documents();
    const keys = new Map<RoleName, { readonly id: string; readonly secret: string }>();
    const iam = ground.aws.api('iam');
    for (const role of roleNames) {
      const open = (all.get(role)?.policy.Statement ?? []).map(({ Effect, Action }) => ({
        Effect,
        Action,
        Resource: '*',
      }));
      await iam.call('CreateUser', { UserName: role });
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: open });
      await iam.call('PutUserPolicy', { UserName: role, PolicyName: 'lading', PolicyDocument });
      const { AccessKey: key } = (await iam.call('CreateAccessKey', { UserName: role })) as {
        AccessKey: { AccessKeyId: string; SecretAccessKey: string };
      };
      keys.set(role, { id: key.AccessKeyId, secret: key.SecretAccessKey });
    }
    await enforce(0);
    try {
      for (const role of roleNames) {
        const key = keys.get(role);
        const env = { ...ground.env, AWS_ACCESS_KEY_ID: key?.id ?? '', AWS_SECRET_ACCESS_KEY: key?.secret ?? '' };
        const world = testWorld({ env });
        const aws = await openAws(world);
        const allowed = new Set((all.get(role)?.policy.Statement ?? []).flatMap(({ Action }) => Action as string[]));
        for (const name of Object.values(calls).flat()) {
          const [service = '', operation = ''] = name.split(' ');
          const prefix = service === 'elbv2' ? 'elasticloadbalancing' : service;
          const outcome = await aws
            .api(service as AwsRpcServiceName, { tries: 1 })
            .call(operation, {})
            .then(
              () => 'passes',
              // It refuses JSON in XML.
              (error: unknown) => ((error as AwsError).status === 403 ? 'denied' : 'passes'),
            );
          expect([role, name, outcome]).toEqual([
            role,
            name,
            allowed.has(`${prefix}:${operation}`) ? 'passes' : 'denied',
          ]);
        }
        for (const name of calls[role]) {
          const [service = '', operation = ''] = name.split(' ');
          expect([
            role,
            name,
            allowed.has(`${service === 'elbv2' ? 'elasticloadbalancing' : service}:${operation}`),
          ]).toEqual([role, name, true]);
        }
        world.close();
      }
    } finally {
      await enforce(1_000_000);
    }
  });
});
