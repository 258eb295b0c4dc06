import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { doctor } from '../../src/index.js';
import { consult } from '../../src/ground/doctor/consult.js';
import type { Finding } from '../../src/ground/doctor/finding.js';
import type { DoctorResult } from '../../src/ground/doctor/result.js';
import type { Moto } from '../../src/sandbox/moto/start-moto.js';
import { startMoto } from '../../src/sandbox/moto/start-moto.js';
import { lading } from '../support/command-line.js';
import type { DoctorStage, StageParts } from '../support/doctor-stage.js';
import { openDoctorStage, policy, roleArn } from '../support/doctor-stage.js';
import { findTool, missing } from '../support/tools.js';
import { testWorld } from '../support/world.js';

let moto: Moto | undefined;
let folder = '';
let stage: DoctorStage | undefined;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lading-doctor-'));
  if (findTool('moto_server')) moto = await startMoto(process.env);
  else missing('moto_server', "PyPI 'moto[server]'");
}, 90_000);
afterEach(async () => {
  await stage?.close();
  stage = undefined;
});
afterAll(async () => {
  await moto?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(parts: Partial<StageParts> = {}): Promise<DoctorStage | undefined> {
  if (moto) stage = await openDoctorStage(moto, parts);
  return stage;
}

const look = ({ sandbox, name }: DoctorStage, values: Parameters<typeof doctor>[0] = {}): Promise<DoctorResult> =>
  doctor({ cluster: name, service: name, ...values }, { env: sandbox.env, cwd: folder });

const wrongOf = ({ findings }: DoctorResult) => findings.filter(({ state }) => state === 'wrong');

test('a service that is well: exit code 0, nothing is wrong, and a prediction', async (context) => {
  const well = await open();
  if (!well) return context.skip();
  const { sandbox, name } = well;
  const args = ['doctor', '--cluster', name, '--service', name];
  const ended = await lading(args, { cwd: folder, env: sandbox.env });
  expect(ended.stdout).not.toMatch(/^wrong/m);
  expect(ended.stdout).toMatch(/^rollout {2}shop\d+: about 31s and the time that the app needs to start/m);
  expect(ended.stdout).toMatch(/^0 wrong, 1 unknown, \d+ ok$/m);
  expect(ended.code).toBe(0);
  const reads = new Set(sandbox.journal.map(({ service, operation }) => `${service} ${operation}`));
  expect(
    [...reads].filter(
      (read) => /GetSecretValue|GetParameter|Update|Create|Put|Register/.test(read) && !/Create(VPC|Vpc)/.test(read),
    ).length,
  ).toBe(madeBy(well));
}, 60_000);

/** Writes of the stage itself: everything before the first read of doctor. */
function madeBy({ sandbox }: DoctorStage): number {
  const first = sandbox.journal.findIndex(({ operation }) => operation === 'GetCallerIdentity');
  const before = sandbox.journal.slice(0, first).map(({ service, operation }) => `${service} ${operation}`);
  return new Set(
    before.filter(
      (read) => /GetSecretValue|GetParameter|Update|Create|Put|Register/.test(read) && !/Create(VPC|Vpc)/.test(read),
    ),
  ).size;
}

interface Fault {
  readonly what: string;
  readonly code: string;
  readonly says: RegExp;
  readonly parts?: Partial<StageParts>;
  readonly then?: (stage: DoctorStage) => Promise<unknown>;
  readonly values?: Parameters<typeof doctor>[0];
}

const containerOf = (more: object): Partial<StageParts> => ({ container: (usual) => ({ ...usual, ...more }) });
const definitionOf = (more: object): Partial<StageParts> => ({ definition: (usual) => ({ ...usual, ...more }) });
const allow = (Action: string | readonly string[]) => ({ Effect: 'Allow', Action, Resource: '*' });
const PULL = allow(['ecr:GetAuthorizationToken', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer']);
const LOG = allow(['logs:CreateLogStream', 'logs:PutLogEvents']);
const SECRETS = allow(['secretsmanager:GetSecretValue', 'ssm:GetParameters']);
const mayOnly =
  (...statements: readonly object[]): Fault['then'] =>
  ({ call, roles }) =>
    call('iam', 'PutRolePolicy', {
      RoleName: roles.execution,
      PolicyName: 'start',
      PolicyDocument: policy(...(statements as [])),
    });
const trustOnly =
  (kind: 'execution' | 'task', principal: object): Fault['then'] =>
  ({ call, roles }) =>
    call('iam', 'UpdateAssumeRolePolicy', {
      RoleName: roles[kind],
      PolicyDocument: policy({ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }),
    });
const rules =
  (selection: object): Fault['then'] =>
  ({ call, name }) =>
    call('ecr', 'PutLifecyclePolicy', {
      repositoryName: name,
      lifecyclePolicyText: JSON.stringify({ rules: [{ rulePriority: 1, selection, action: { type: 'expire' } }] }),
    });

// prettier-ignore
const faults: readonly Fault[] = [
  { what: 'no such service', code: 'service', says: /there is no service nowhere in the cluster/, values: { service: 'nowhere' } },
  { what: 'no such cluster', code: 'service', says: /there is no cluster nowhere/, values: { cluster: 'nowhere' } },
  { what: 'a deployment without room', code: 'service/room', says: /can neither start nor stop a task: minimum healthy 100 % and maximum 150 % of 1/, parts: { service: (usual) => ({ ...usual, desiredCount: 1, deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 150 } }) } },
  { what: 'an image that is not there', code: 'image', says: /the image of web does not exist: .*:v9/, parts: { container: (usual) => ({ ...usual, image: String(usual.image).replace(/v1$/, 'v9') }) } },
  { what: 'no repository', code: 'repository', says: /there is no repository gone/, parts: { container: (usual) => ({ ...usual, image: String(usual.image).replace(/[^/]+$/, 'gone:v1') }) } },
  { what: 'an image for another platform', code: 'image/platform', says: /is for linux\/amd64, and its task for linux\/arm64/, parts: definitionOf({ runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' } }) },
  { what: 'a lifecycle rule by age', code: 'repository/lifecycle', says: /rule 1 of shop\d+ takes away the image that runs \(it expires tagged images after 3 days\)/, then: rules({ tagStatus: 'tagged', tagPrefixList: ['v'], countType: 'sinceImagePushed', countUnit: 'days', countNumber: 3 }) },
  { what: 'an execution role that is not there', code: 'execution-role', says: /the execution role gone does not exist/, parts: definitionOf({ executionRoleArn: roleArn('gone') }) },
  { what: 'an execution role for others', code: 'execution-role/trust', says: /ECS may not take the execution role/, then: trustOnly('execution', { Service: 'ec2.amazonaws.com' }) },
  { what: 'a task role that is not there', code: 'task-role', says: /the task role gone does not exist/, parts: definitionOf({ taskRoleArn: roleArn('gone') }) },
  { what: 'a task role for others', code: 'task-role/trust', says: /ECS may not take the task role/, then: trustOnly('task', { AWS: roleArn('other') }) },
  { what: 'no right to pull', code: 'execution-role/rights', says: /may not do ecr:GetAuthorizationToken, needed to pull the image of web/, then: mayOnly(LOG, SECRETS) },
  { what: 'no right to write logs', code: 'execution-role/rights', says: /may not do logs:PutLogEvents, needed to write the log of web/, then: mayOnly(PULL, SECRETS) },
  { what: 'no right to read secrets', code: 'execution-role/rights', says: /may not do secretsmanager:GetSecretValue, needed to read the secret DATABASE_URL of web/, then: mayOnly(PULL, LOG, allow('ssm:GetParameters')) },
  { what: 'a right that is denied', code: 'execution-role/rights', says: /may not do ssm:GetParameters/, then: mayOnly(PULL, LOG, SECRETS, { Effect: 'Deny', Action: 'ssm:*', Resource: '*' }) },
  { what: 'no log group', code: 'logs', says: /the log group \/ecs\/shop\d+ does not exist in eu-central-1/, then: ({ call, name }) => call('logs', 'DeleteLogGroup', { logGroupName: `/ecs/${name}` }) },
  { what: 'no secret', code: 'secrets', says: /the secret DATABASE_URL of web does not exist/, then: ({ call, name }) => call('secretsmanager', 'DeleteSecret', { SecretId: `${name}/database`, ForceDeleteWithoutRecovery: true }) },
  { what: 'a secret that is going', code: 'secrets', says: /DATABASE_URL of web is scheduled for deletion/, then: ({ call, name }) => call('secretsmanager', 'DeleteSecret', { SecretId: `${name}/database` }) },
  { what: 'no parameter', code: 'secrets', says: /there is no parameter \/shop\d+\/key in eu-central-1/, then: ({ call, name }) => call('ssm', 'DeleteParameter', { Name: `/${name}/key` }) },
  { what: 'a target group that is gone', code: 'target-group', says: /the target group shop\d+ of the service does not exist/, then: async ({ call, listener, targetGroup }) => { await call('elbv2', 'DeleteListener', { ListenerArn: listener }); await call('elbv2', 'DeleteTargetGroup', { TargetGroupArn: targetGroup }); } },
  { what: 'a target group of instances', code: 'target-group/type', says: /takes instance targets, and tasks with awsvpc are ip targets/, parts: { targetGroup: (usual) => ({ ...usual, TargetType: 'instance' }) } },
  { what: 'a target group that nobody sends to', code: 'target-group/attached', says: /no load balancer sends anything to the target group/, parts: { service: (usual, spare) => ({ ...usual, loadBalancers: [{ targetGroupArn: spare, containerName: 'web', containerPort: 3000 }] }) } },
  { what: 'health on another port', code: 'target-group/health-port', says: /asks the port 8081, which no container of the task maps/, parts: { targetGroup: (usual) => ({ ...usual, HealthCheckPort: '8081' }) } },
  { what: 'a closed door', code: 'target-group/door', says: /do not admit the load balancer on port 3000/, then: ({ call, groups }) => call('ec2', 'RevokeSecurityGroupIngress', { GroupId: groups.tasks, IpPermissions: [{ IpProtocol: 'tcp', FromPort: 3000, ToPort: 3000, Groups: [{ GroupId: groups.balancer }] }] }) },
  { what: 'no way out of the door', code: 'network/egress', says: /let nothing out on port 443/, then: ({ call, groups }) => call('ec2', 'RevokeSecurityGroupEgress', { GroupId: groups.tasks, IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }] }) },
  { what: 'a public subnet without public addresses', code: 'network/public-ip', says: /get no public address, so they have no way out/, parts: { service: (usual) => withNetwork(usual, { assignPublicIp: 'DISABLED' }) } },
  { what: 'a subnet without a way out', code: 'network/no-way-out', says: /have no way out, and no VPC endpoint for ecr.api, ecr.dkr, s3, logs, secretsmanager, ssm/, then: ({ call, routeTable }) => call('ec2', 'DeleteRoute', { RouteTableId: routeTable, DestinationCidrBlock: '0.0.0.0/0' }) },
  { what: 'a subnet that is gone', code: 'network/subnets', says: /a subnet of the service does not exist/, parts: { service: (usual) => withNetwork(usual, { subnets: ['subnet-0123456789abcdef0'] }) } },
  { what: 'a security group that is gone', code: 'network/security-groups', says: /a security group of the service does not exist/, parts: { service: (usual) => withNetwork(usual, { securityGroups: ['sg-0123456789abcdef0'] }) } },
  { what: 'a log driver without a group', code: 'logs', says: /names no log group/, parts: containerOf({ logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-region': 'eu-central-1' } } }) },
];

function withNetwork(usual: Readonly<Record<string, unknown>>, more: object) {
  const { awsvpcConfiguration } = usual.networkConfiguration as { awsvpcConfiguration: object };
  return { ...usual, networkConfiguration: { awsvpcConfiguration: { ...awsvpcConfiguration, ...more } } };
}

describe('a fault of a service is found', () => {
  test.for(faults)('$what', { timeout: 60_000 }, async ({ code, says, parts, then, values }, context) => {
    const bad = await open(parts);
    if (!bad) return context.skip();
    await then?.(bad);
    const told = await look(bad, values);
    const found: Pick<Finding, 'code' | 'what' | 'fix'>[] = wrongOf(told);
    expect(found.map((one) => one.code)).toContain(code);
    expect(found.find((one) => one.code === code && says.test(one.what))?.fix, JSON.stringify(found, null, 1)).toMatch(
      /\.$|: /,
    );
    expect(told.outcome).toBe('wrong');
  });
});

describe('settings of AWS', () => {
  const off = {
    service: (usual: object) => ({
      ...usual,
      deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 200 },
    }),
  };
  const updates = ({ sandbox }: DoctorStage) =>
    sandbox.journal.filter(({ operation }) => operation === 'UpdateService');

  test('are changed when they are named, and not before', async (context) => {
    const loose = await open(off);
    if (!loose) return context.skip();
    const told = await look(loose);
    expect(told.findings).toContainEqual(
      expect.objectContaining({ code: 'service/breaker', state: 'ok', mend: { set: 'circuit-breaker' } }),
    );
    await look(loose, { fix: true });
    await look(loose, { set: ['circuit-breaker'], dryRun: true });
    expect(updates(loose)).toEqual([]);
    const after = await look(loose, { set: ['circuit-breaker'] });
    expect(after.mended).toEqual([`Turn on the circuit breaker of ${loose.name}, with rollback`]);
    expect(updates(loose)).toHaveLength(1);
    expect((await look(loose)).findings).toContainEqual(
      expect.objectContaining({ code: 'service/breaker', what: 'the circuit breaker is on and rolls back' }),
    );
    await expect(look(loose, { set: ['circuit-breaker', 'hair'] })).rejects.toMatchObject({
      kind: 'input',
      issues: [{ where: 'set' }, { where: 'set' }],
    });
    expect(updates(loose)).toHaveLength(1);
  }, 60_000);

  test('a person at a terminal is asked for each, and nobody else', async (context) => {
    const loose = await open({ service: (usual) => ({ ...off.service(usual), healthCheckGracePeriodSeconds: 0 }) });
    if (!loose) return context.skip();
    const asked: string[] = [];
    const ask = async ({ text }: { readonly text: string }) => {
      asked.push(text);
      return text.includes('circuit breaker') ? 'yes' : 'no';
    };
    const world = testWorld({ env: loose.sandbox.env, cwd: folder });
    const place = { name: 'shop', cluster: loose.name, service: loose.name, region: undefined };
    const request = { places: [place], region: undefined, role: undefined, needs: [], apps: [], more: [] };
    await consult(request, { fix: true, set: [], dryRun: true }, { ...world, ask });
    expect(asked).toEqual([]);
    const { mended } = await consult(request, { fix: true, set: [], dryRun: false }, { ...world, ask });
    world.close();
    expect(asked.map((text) => text.replace(/^.*\. /, ''))).toEqual([
      `Turn on the circuit breaker of ${loose.name}, with rollback?`,
      `Give the tasks of ${loose.name} 60 s before load balancers judge them?`,
    ]);
    expect(mended).toEqual([`Turn on the circuit breaker of ${loose.name}, with rollback`]);
    expect(updates(loose)).toHaveLength(1);
  }, 60_000);

  test('a log group is made', async (context) => {
    const bad = await open();
    if (!bad) return context.skip();
    await bad.call('logs', 'DeleteLogGroup', { logGroupName: `/ecs/${bad.name}` });
    expect(wrongOf(await look(bad)).map(({ code }) => code)).toEqual(['logs']);
    await look(bad, { set: ['log-group'] });
    expect(wrongOf(await look(bad))).toEqual([]);
  }, 60_000);
});

describe('what may not be read', () => {
  // prettier-ignore
  const denials = [
    ['ecs', 'DescribeServices'], ['ecs', 'DescribeTaskDefinition'], ['ecr', 'DescribeRepositories'], ['elbv2', 'DescribeTargetGroups'], ['iam', 'GetRole'],
    ['ec2', 'DescribeSubnets'], ['logs', 'DescribeLogGroups'], ['secretsmanager', 'DescribeSecret'], ['sts', 'GetCallerIdentity'],
  ] as const;
  test('is unknown, with what to allow, and is no fault', async (context) => {
    const well = await open();
    if (!well) return context.skip();
    for (const [service, operation] of denials) {
      const fault = {
        service,
        operation,
        type: 'AccessDenied',
        status: 403,
        message: `not authorized to perform: ${service}:${operation}`,
      };
      for (let times = 0; times < 6; times++) well.sandbox.inject(fault);
      const told = await look(well);
      expect(wrongOf(told), operation).toEqual([]);
      const unknown = told.findings.filter(({ state, fix = '' }) => state === 'unknown' && fix.includes(operation));
      expect(unknown.length, `${operation}\n${JSON.stringify(told.findings)}`).toBeGreaterThan(0);
      for (let times = 0; times < 6; times++) await well.call(service, operation, {}).catch(() => undefined);
    }
  }, 120_000);
});

test('roles that jobs take, the state and its lock are looked at in the account', async (context) => {
  const well = await open();
  if (!well) return context.skip();
  const { call, sandbox } = well;
  const provider = 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com';
  const AssumeRolePolicyDocument = policy({
    Effect: 'Allow',
    Principal: { Federated: provider },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringLike: { 'token.actions.githubusercontent.com:sub': 'repo:acme/shop:*' } },
  });
  await call('iam', 'CreateRole', { RoleName: 'release', AssumeRolePolicyDocument });
  const home = mkdtempSync(join(tmpdir(), 'lading-doctor-'));
  try {
    mkdirSync(join(home, '.github/workflows'), { recursive: true });
    const step =
      'uses: aws-actions/configure-aws-credentials@v6\n        with: { role-to-assume: "arn:aws:iam::123456789012:role/release" }';
    writeFileSync(
      join(home, '.github/workflows/a.yml'),
      `on: push\npermissions: { id-token: write }\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - ${step}\n`,
    );
    writeFileSync(join(home, 'service.tfbackend'), 'bucket = "nobodys-state"\nkey = "shop"\nuse_lockfile = true\n');
    const told = await doctor({}, { env: sandbox.env, cwd: home });
    expect(
      wrongOf(told)
        .map(({ code }) => code)
        .sort(),
    ).toEqual(['terraform/bucket', 'trust/audience', 'trust/wide']);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}, 60_000);
