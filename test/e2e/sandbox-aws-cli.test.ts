import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { VirtualClock } from '../../src/base/clock.js';
import { virtualClock } from '../../src/base/clock.js';
import type { Environment } from '../../src/base/context.js';
import type { Scenario } from '../../src/sandbox/ecs/scenario-shape.js';
import { scenarios } from '../../src/sandbox/ecs/scenario.js';
import type { Sandbox } from '../../src/sandbox/start.js';
import { startSandbox } from '../../src/sandbox/start.js';
import { requireAws } from '../support/aws-tools.js';
import { pushImage } from '../support/push-image.js';

const run = promisify(execFile);
const work = mkdtempSync(join(tmpdir(), 'lading-aws-cli-'));
let program: string | undefined;

beforeAll(() => {
  program = requireAws();
  // As version 2 does by itself.
  writeFileSync(join(work, 'config'), '[default]\ncli_timestamp_format = iso8601\n');
}, 240_000);
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** The `aws` command in an environment, without anybody's configuration. Answers what it prints, parsed when it is JSON. */
function awsIn(env: Environment) {
  const own = {
    PATH: process.env.PATH,
    HOME: work,
    AWS_CONFIG_FILE: join(work, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(work, 'credentials'),
    AWS_MAX_ATTEMPTS: '1',
    ...env,
  };
  return async <Output = unknown>(...args: readonly string[]): Promise<Output> => {
    const { stdout } = await run(program ?? 'aws', args, { env: own });
    return (/^[[{"]/.test(stdout) ? JSON.parse(stdout) : stdout.trim()) as Output;
  };
}
type Aws = ReturnType<typeof awsIn>;

async function refusal(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'was not refused',
    (error: { stderr?: string }) => error.stderr?.trim() ?? String(error),
  );
}

const isoTime = expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d/) as string;

describe('the aws command at a sandbox', () => {
  let sandbox: Sandbox;
  let clock: VirtualClock;
  let aws: Aws;

  beforeAll(async () => {
    clock = virtualClock();
    sandbox = await startSandbox({ clock, scenario: scenarios.get('crash-loop') });
    aws = awsIn(sandbox.env);
  });
  afterAll(async () => sandbox.close());

  test('STS', async (context) => {
    if (!program) return context.skip();
    expect(await aws('sts', 'get-caller-identity')).toEqual({
      UserId: 'AIDASANDBOX',
      Account: '123456789012',
      Arn: 'arn:aws:iam::123456789012:user/sandbox',
    });
    const role = ['--role-arn', 'arn:aws:iam::123456789012:role/deploy', '--role-session-name', 'me'];
    expect(await aws('sts', 'assume-role', ...role, '--query', 'Credentials.Expiration')).toEqual(isoTime);
    expect(await refusal(aws('sts', 'get-session-token'))).toContain('(InvalidAction)');
  });

  test('ECR', async (context) => {
    if (!program) return context.skip();
    const shop = ['--repository-name', 'acme/shop'];
    const create = ['create-repository', ...shop, '--image-tag-mutability', 'IMMUTABLE', '--query', 'repository'];
    const repository = await aws('ecr', ...create);
    expect(repository).toMatchObject({ repositoryUri: `${sandbox.host}/acme/shop`, createdAt: isoTime });
    const describe = ['describe-repositories', '--repository-names', 'acme/shop'];
    expect(await aws('ecr', ...describe)).toEqual({ repositories: [repository] });
    expect(await aws('ecr', 'put-image-tag-mutability', ...shop, '--image-tag-mutability', 'MUTABLE')).toMatchObject({
      imageTagMutability: 'MUTABLE',
    });
    const token = await aws<{ authorizationToken: string }>(
      'ecr',
      'get-authorization-token',
      '--query',
      'authorizationData[0]',
    );
    expect(token).toMatchObject({ expiresAt: isoTime, proxyEndpoint: sandbox.url });
    expect(Buffer.from(token.authorizationToken, 'base64').toString()).toMatch(/^AWS:.{40}/);
    // What everybody pipes into docker login.
    const password = await aws<string>('ecr', 'get-login-password');
    const authorization = `Basic ${Buffer.from(`AWS:${password}`).toString('base64')}`;
    expect((await fetch(`${sandbox.url}/v2/`, { headers: { authorization } })).status).toBe(200);

    const { digest } = await pushImage(sandbox, 'acme/shop', 'v1');
    expect(await aws('ecr', 'describe-images', ...shop, '--image-ids', 'imageTag=v1')).toMatchObject({
      imageDetails: [{ imageDigest: digest, imageTags: ['v1'], imagePushedAt: isoTime }],
    });
    expect(await aws('ecr', 'list-images', ...shop)).toEqual({ imageIds: [{ imageDigest: digest, imageTag: 'v1' }] });
    const get = [...shop, '--image-ids', 'imageTag=v1', '--query', 'images[0].imageManifest', '--output', 'text'];
    const manifest = await aws('ecr', 'batch-get-image', ...get);
    writeFileSync(join(work, 'manifest.json'), JSON.stringify(manifest));
    // The documented way to give an image another tag.
    const put = [...shop, '--image-tag', 'stable', '--image-manifest', `file://${join(work, 'manifest.json')}`];
    expect(await aws('ecr', 'put-image', ...put)).toMatchObject({ image: { imageId: { imageDigest: digest } } });
    expect(await refusal(aws('ecr', 'put-image', ...put))).toContain('(ImageAlreadyExistsException)');
    expect(await refusal(aws('ecr', 'delete-repository', ...shop))).toContain('(RepositoryNotEmptyException)');
    await aws('ecr', 'batch-delete-image', ...shop, '--image-ids', 'imageTag=v1', 'imageTag=stable');
    await aws('ecr', 'delete-repository', ...shop);
    expect(await refusal(aws('ecr', 'describe-images', ...shop))).toContain('(RepositoryNotFoundException)');
  });

  test('ECS and the logs of its tasks', async (context) => {
    if (!program) return context.skip();
    writeFileSync(
      join(work, 'shop.json'),
      JSON.stringify({
        family: 'shop',
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE'],
        executionRoleArn: 'arn:aws:iam::123456789012:role/shop-execution',
        cpu: '256',
        memory: '512',
        containerDefinitions: [
          {
            name: 'web',
            image: 'registry.example/shop:v1',
            logConfiguration: {
              logDriver: 'awslogs',
              options: {
                'awslogs-group': '/ecs/shop',
                'awslogs-region': 'eu-central-1',
                'awslogs-stream-prefix': 'web',
              },
            },
          },
        ],
      }),
    );
    expect(await aws('ecs', 'create-cluster', '--cluster-name', 'shop')).toMatchObject({
      cluster: { status: 'ACTIVE' },
    });
    const register = ['--cli-input-json', `file://${join(work, 'shop.json')}`];
    const registered = await aws<{ taskDefinition: { taskDefinitionArn: string } }>(
      'ecs',
      'register-task-definition',
      ...register,
    );
    const { taskDefinition } = registered;
    expect(taskDefinition).toMatchObject({ revision: 1, status: 'ACTIVE', registeredAt: isoTime });
    expect(await aws('ecs', 'describe-task-definition', '--task-definition', 'shop')).toEqual({ taskDefinition });
    const network = ['--network-configuration', 'awsvpcConfiguration={subnets=[subnet-1]}'];
    const create = ['--service-name', 'web', '--task-definition', 'shop', '--desired-count', '1', ...network];
    await aws('ecs', 'create-service', '--cluster', 'shop', ...create);
    const web = ['--cluster', 'shop', '--service', 'web'];
    const webs = ['--cluster', 'shop', '--services', 'web'];
    await aws('ecs', 'wait', 'services-stable', ...webs);

    const started = ['--force-new-deployment', '--query', 'service.currentServiceDeployment'];
    const serviceDeploymentArn = await aws<string>('ecs', 'update-service', ...web, ...started);
    clock.advance(15_000);
    // `wait services-stable` asks for one deployment.
    expect(await aws('ecs', 'describe-services', ...webs, '--query', 'services[0].deployments')).toMatchObject([
      { status: 'PRIMARY', rolloutState: 'IN_PROGRESS', createdAt: isoTime },
      { status: 'ACTIVE', rolloutState: 'COMPLETED' },
    ]);
    const { serviceDeployments } = await aws<{ serviceDeployments: { targetServiceRevisionArn: string }[] }>(
      'ecs',
      'list-service-deployments',
      ...web,
    );
    expect(serviceDeployments[0]).toMatchObject({ serviceDeploymentArn, status: 'IN_PROGRESS', startedAt: isoTime });
    const target = serviceDeployments[0]?.targetServiceRevisionArn ?? '';
    const arn = ['--service-deployment-arns', serviceDeploymentArn];
    expect(await aws('ecs', 'describe-service-deployments', ...arn)).toMatchObject({
      serviceDeployments: [
        { targetServiceRevision: { arn: target }, deploymentCircuitBreaker: { status: 'DISABLED' } },
      ],
    });
    const revision = ['--service-revision-arns', target];
    expect(await aws('ecs', 'describe-service-revisions', ...revision)).toMatchObject({
      serviceRevisions: [{ taskDefinition: taskDefinition.taskDefinitionArn, createdAt: isoTime }],
    });

    const list = ['--cluster', 'shop', '--service-name', 'web', '--desired-status', 'STOPPED'];
    const [task = ''] = await aws<string[]>('ecs', 'list-tasks', ...list, '--query', 'taskArns');
    expect(await aws('ecs', 'describe-tasks', '--cluster', 'shop', '--tasks', task)).toMatchObject({
      tasks: [{ stopCode: 'EssentialContainerExited', stoppedAt: isoTime, containers: [{ exitCode: 1 }] }],
    });
    const group = ['--log-group-name', '/ecs/shop'];
    const stream = `web/web/${task.split('/').at(-1)}`;
    expect(await aws('logs', 'describe-log-streams', ...group, '--query', 'logStreams[].logStreamName')).toEqual([
      stream,
    ]);
    const messages = ['--query', 'events[].message'];
    expect(await aws('logs', 'get-log-events', ...group, '--log-stream-name', stream, ...messages)).toEqual([
      'Server is starting',
      'Error: DATABASE_URL is not set',
    ]);
    expect(await aws('logs', 'filter-log-events', ...group, '--filter-pattern', 'Error', ...messages)).toEqual([
      'Error: DATABASE_URL is not set',
    ]);

    const stop = ['stop-service-deployment', '--service-deployment-arn', serviceDeploymentArn];
    expect(await aws('ecs', ...stop, '--stop-type', 'ROLLBACK')).toEqual({ serviceDeploymentArn });
    clock.advance(30_000);
    await aws('ecs', 'wait', 'services-stable', ...webs);
    expect(await refusal(aws('ecs', ...stop))).toContain('(ConflictException)');
    const rolledBack = ['--status', 'ROLLBACK_SUCCESSFUL', '--query', 'serviceDeployments[].serviceDeploymentArn'];
    expect(await aws('ecs', 'list-service-deployments', ...web, ...rolledBack)).toEqual([serviceDeploymentArn]);

    sandbox.useScenario(scenarios.get('task-exit-1') as Scenario);
    const overrides = ['--overrides', JSON.stringify({ containerOverrides: [{ name: 'web', command: ['migrate'] }] })];
    const once = ['run-task', '--cluster', 'shop', '--task-definition', 'shop', '--client-token', 'once', ...overrides];
    expect(await refusal(aws('ecs', ...once))).toContain('(InvalidParameterException)');
    const only = ['--query', 'tasks[].taskArn'];
    const [migration = ''] = await aws<string[]>('ecs', ...once, ...network, ...only);
    expect(await aws('ecs', ...once, ...network, ...only)).toEqual([migration]);
    clock.advance(10_000);
    const ended = ['--cluster', 'shop', '--tasks', migration];
    await aws('ecs', 'wait', 'tasks-stopped', ...ended);
    expect(await aws('ecs', 'describe-tasks', ...ended, '--query', 'tasks[].containers[].exitCode')).toEqual([1]);
    sandbox.useScenario(scenarios.get('task-long') as Scenario);
    const long = ['run-task', '--cluster', 'shop', '--task-definition', 'shop', ...network, ...only];
    const [endless = ''] = await aws<string[]>('ecs', ...long);
    expect(await aws('ecs', 'stop-task', '--cluster', 'shop', '--task', endless, '--reason', 'enough')).toMatchObject({
      task: { taskArn: endless, stopCode: 'UserInitiated', stoppedReason: 'enough' },
    });
    clock.advance(10_000);
    await aws('ecs', 'delete-service', ...web, '--force');
    clock.advance(30_000);
    await aws('ecs', 'wait', 'services-inactive', ...webs);
    await aws('ecs', 'delete-cluster', '--cluster', 'shop');
  });

  test('an operation that the sandbox lacks is unknown, and it goes on', async (context) => {
    if (!program) return context.skip();
    expect(await refusal(aws('ecs', 'list-attributes', '--target-type', 'container-instance'))).toContain(
      '(UnknownOperationException)',
    );
    expect(await refusal(aws('ecr', 'describe-registry'))).toContain('(UnknownOperationException)');
    expect(await refusal(aws('logs', 'describe-queries'))).toContain('(UnknownOperationException)');
    expect(await refusal(aws('ssm', 'get-parameter', '--name', 'x'))).toContain('(UnknownOperationException)');
    expect(await aws('ecs', 'list-clusters', '--query', 'clusterArns[]')).toContain(
      'arn:aws:ecs:eu-central-1:123456789012:cluster/default',
    );
  });
});

test('lading sandbox: its printed environment leads the aws command through a rollout by the clock', async (context) => {
  if (!program) return context.skip();
  const args = ['sandbox', '--json', '--scenario', 'ok', '--repository', 'shop', '--service', 'web=shop:v1'];
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../dist/cli.js'), ...args], {
    cwd: work,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  try {
    let printed = '';
    for await (const piece of child.stdout) {
      printed += String(piece);
      if (printed.endsWith('}\n')) break;
    }
    const { url, env } = JSON.parse(printed) as { url: string; env: Environment };
    const aws = awsIn(env);
    expect(await aws('sts', 'get-caller-identity', '--query', 'Account')).toBe('123456789012');
    expect(await aws('ecr', 'describe-repositories', '--query', 'repositories[].repositoryUri')).toEqual([
      `${new URL(url).host}/shop`,
    ]);
    await aws('ecs', 'update-service', '--service', 'web', '--force-new-deployment');
    const deployments = ['describe-services', '--services', 'web', '--query', 'services[0].deployments[].rolloutState'];
    expect(await aws('ecs', ...deployments)).toEqual(['IN_PROGRESS', 'COMPLETED']);
    await aws('ecs', 'wait', 'services-stable', '--services', 'web');
    expect(await aws('ecs', ...deployments)).toEqual(['COMPLETED']);
  } finally {
    child.kill('SIGINT');
  }
  expect(await ended).toBe(0);
});
