import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Clock } from '../../src/base/clock.js';
import { systemClock } from '../../src/base/clock.js';
import { scenarios } from '../../src/sandbox/ecs/scenario.js';
import type { Sandbox } from '../../src/sandbox/start.js';
import { startSandbox } from '../../src/sandbox/start.js';
import { findNode24, runStep } from '../support/actions-runner.js';

const root = join(import.meta.dirname, '../..');
const node = findNode24() ?? process.execPath;
const start = Date.now();
/** The rollouts of the sandbox pass quickly, while the action under test waits by the real clock. */
const fast: Clock = {
  now: () => start + (Date.now() - start) * 30,
  sleep: (ms, signal) => systemClock.sleep(ms / 30, signal),
};

let workspace: string;
let temporary: string;
let sandbox: Sandbox;
beforeAll(() => {
  workspace = mkdtempSync(join(tmpdir(), 'lading-ecs-actions-'));
  temporary = mkdtempSync(join(tmpdir(), 'lading-runner-temp-'));
});
afterAll(() => {
  for (const folder of [workspace, temporary]) rmSync(folder, { recursive: true });
});
afterEach(() => sandbox.close());
beforeEach(() => open());

const image = `host.example/shop@sha256:${'a'.repeat(64)}`;
const definition = {
  family: 'shop',
  cpu: '256',
  memory: '512',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  containerDefinitions: [{ name: 'web', image, environment: [{ name: 'EMPTY', value: '' }] }],
};

async function open(scenario = 'ok'): Promise<void> {
  sandbox = await startSandbox({ clock: fast, scenario: scenarios.get(scenario) });
  await sandbox.call('ecs', 'RegisterTaskDefinition', definition);
  await sandbox.call('ecs', 'CreateService', {
    serviceName: 'shop',
    taskDefinition: 'shop',
    desiredCount: 1,
    launchType: 'FARGATE',
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'], assignPublicIp: 'ENABLED' } },
  });
  writeFileSync(join(workspace, 'task-definition.json'), JSON.stringify(definition));
}

function step(action: string, inputs: Record<string, string>) {
  return runStep(join(root, 'actions', action, 'main.mjs'), {
    node,
    workspace,
    inputs,
    env: { ...sandbox.env, RUNNER_TEMP: temporary },
  });
}

describe('amazon-ecs-render-task-definition', () => {
  const action = 'amazon-ecs-render-task-definition';

  test("the README's examples, and the mended defects", async () => {
    const rendered = await step(action, {
      'task-definition': 'task-definition.json',
      'container-name': 'web',
      image: 'amazon/amazon-ecs-sample:latest',
      'log-configuration-log-driver': 'awslogs',
      'log-configuration-options': 'awslogs-create-group=true\nawslogs-group=/ecs/web\nawslogs-datetime-format=a=b\n',
      'docker-labels': 'key1=value1\nkey2=a=b\n',
      command: 'sh -c "echo hi, there"',
      'environment-variables': 'LOG_LEVEL=info\nLogging:Level=a,b=c\n',
      secrets: 'TOKEN=arn:aws:ssm:eu-west-1:123456789012:parameter/token',
      'env-files': 'arn:aws:s3:::bucket/one.env\n',
      'task-role-arn': 'arn:aws-us-gov:iam::123456789012:role/task',
    });
    expect(rendered, rendered.log).toMatchObject({ code: 0, annotations: [] });
    const file = rendered.outputs['task-definition'] ?? '';
    expect(file).toMatch(/\/task-definition-[^/]+\.json$/);
    expect(file.startsWith(temporary)).toBe(true);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      ...definition,
      taskRoleArn: 'arn:aws-us-gov:iam::123456789012:role/task',
      containerDefinitions: [
        {
          name: 'web',
          image: 'amazon/amazon-ecs-sample:latest',
          environment: [
            { name: 'EMPTY', value: '' },
            { name: 'LOG_LEVEL', value: 'info' },
            { name: 'Logging:Level', value: 'a,b=c' },
          ],
          secrets: [{ name: 'TOKEN', valueFrom: 'arn:aws:ssm:eu-west-1:123456789012:parameter/token' }],
          dockerLabels: { key1: 'value1', key2: 'a=b' },
          logConfiguration: {
            logDriver: 'awslogs',
            options: {
              'awslogs-create-group': 'true',
              'awslogs-group': '/ecs/web',
              'awslogs-datetime-format': 'a=b',
            },
          },
          command: ['sh', '-c', 'echo hi, there'],
          environmentFiles: [{ value: 'arn:aws:s3:::bucket/one.env', type: 's3' }],
        },
      ],
    });
    expect(`${rendered.log}${rendered.summary}`).not.toContain('LOG_LEVEL');
    expect(rendered.summary).toContain('amazon/amazon-ecs-sample:latest');
    expect(sandbox.journal.filter(({ service }) => service === 'ecs').slice(2)).toEqual([]);
  });

  test('a family with its revision, an ARN', async () => {
    const byFamily = await step(action, {
      'task-definition-family': 'shop',
      'task-definition-revision': '1',
      'container-name': ' web ',
      image,
    });
    expect(byFamily, byFamily.log).toMatchObject({ code: 0, annotations: [] });
    const rendered = JSON.parse(readFileSync(byFamily.outputs['task-definition'] ?? '', 'utf8')) as object;
    expect(rendered).toMatchObject({ family: 'shop', containerDefinitions: [{ image }] });
    expect(Object.keys(rendered)).not.toContain('revision');
    const arn = 'arn:aws:ecs:eu-west-1:000000000000:task-definition/none:1';
    const none = await step(action, { 'task-definition-arn': arn, 'container-name': 'web', image });
    expect([none.code, none.annotations[0]?.message]).toEqual([
      2,
      expect.stringContaining(`there is no task definition ${arn}`) as string,
    ]);
  });

  test('a revision alone, a container that is not there, and a registry that was masked are told', async () => {
    const alone = await step(action, { 'task-definition-revision': '3', 'container-name': 'web', image });
    expect(alone.annotations.map(({ message }) => message)).toEqual([
      expect.stringContaining('input task-definition-revision: is given without') as string,
    ]);
    const wrong = await step(action, {
      'task-definition': 'task-definition.json',
      'container-name': 'wbe, web',
      image: '***.dkr.ecr.eu-west-1.amazonaws.com/shop:v1',
    });
    expect(wrong.code).toBe(2);
    expect(wrong.annotations[0]?.message).toContain('input image: not a registry host');
    const typo = await step(action, { 'task-definition': 'task-definition.json', 'container-name': 'wbe, web', image });
    expect([typo.code, typo.annotations[0]?.message]).toEqual([
      2,
      expect.stringContaining('input container-name: the task definition has no container wbe') as string,
    ]);
  });
});

describe('amazon-ecs-deploy-task-definition', () => {
  const action = 'amazon-ecs-deploy-task-definition';
  const readme = { 'task-definition': 'task-definition.json', service: 'shop', cluster: 'default' };
  const changed = (): void => {
    const [container] = definition.containerDefinitions;
    const containerDefinitions = [{ ...container, environment: [{ name: 'STEP', value: '2' }] }];
    writeFileSync(join(workspace, 'task-definition.json'), JSON.stringify({ ...definition, containerDefinitions }));
  };
  const calls = (operation: string) => sandbox.journal.filter((entry) => entry.operation === operation);

  test("the README's first example waits for the verdict", async () => {
    changed();
    const deployed = await step(action, { ...readme, 'wait-for-service-stability': 'true' });
    expect(deployed, deployed.log).toMatchObject({ code: 0, annotations: [] });
    expect(deployed.outputs).toMatchObject({
      outcome: 'steady',
      'task-definition-arn': expect.stringMatching(/:task-definition\/shop:2$/) as string,
    });
    expect(deployed.outputs).not.toHaveProperty('run-task-arn');
  });

  test('without a wish to wait it does not, and what is of no consequence is said', async () => {
    changed();
    const deployed = await step(action, {
      ...readme,
      'desired-count': '2',
      'force-new-deployment': 'True',
      'wait-for-minutes': '5',
      'max-retries': '0',
      'keep-null-value-keys': 'value',
      'codedeploy-appspec': '',
      'run-task-tags': '[]',
    });
    expect(deployed, deployed.log).toMatchObject({ code: 0, annotations: [] });
    expect(deployed.outputs.outcome).toBe('started');
    expect(deployed.log).toContain('input max-retries is of no consequence');
    expect(calls('UpdateService').map(({ input }) => input)).toMatchObject([
      { service: 'shop', desiredCount: 2, forceNewDeployment: true },
    ]);
  });

  test('run-task runs the new definition where the service runs, before that moves', async () => {
    changed();
    const deployed = await step(action, {
      ...readme,
      'run-task': 'true',
      'run-task-container-overrides': '[{"name":"web","command":["node","migrate.js"]}]',
      'run-task-subnets': 'subnet-7, subnet-8',
      'run-task-assign-public-IP': 'DISABLED',
      'wait-for-task-stopped': 'true',
    });
    expect(deployed, deployed.log).toMatchObject({ code: 0 });
    expect(calls('RunTask').map(({ input }) => input)).toMatchObject([
      {
        taskDefinition: expect.stringMatching(/shop:2$/) as string,
        launchType: 'FARGATE',
        networkConfiguration: {
          awsvpcConfiguration: { subnets: ['subnet-7', 'subnet-8'], assignPublicIp: 'DISABLED' },
        },
        overrides: { containerOverrides: [{ name: 'web', command: ['node', 'migrate.js'] }] },
      },
    ]);
    expect(JSON.parse(deployed.outputs['run-task-arn'] ?? '')).toEqual([expect.stringMatching(/:task\//)]);
    const order = sandbox.journal.map(({ operation }) => operation).filter((one) => /^(RunTask|UpdateS)/.test(one));
    expect(order).toEqual(['RunTask', 'UpdateService']);
    expect(calls('RegisterTaskDefinition')).toHaveLength(1);
  });

  test('a task that fails leaves the service as it is', async () => {
    await sandbox.close();
    await open('task-exit-1');
    changed();
    const failed = await step(action, { ...readme, 'run-task': 'true', 'wait-for-task-stopped': 'true' });
    expect(failed.code, failed.log).toBe(5);
    expect(calls('UpdateService')).toEqual([]);
    expect(JSON.parse(failed.outputs['run-task-arn'] ?? '')).toHaveLength(1);
  });

  test('a task that nobody waits for is begun, and the service moves', async () => {
    changed();
    const deployed = await step(action, { ...readme, 'run-task': 'true' });
    expect(deployed, deployed.log).toMatchObject({ code: 0 });
    expect(deployed.outputs.outcome).toBe('started');
    expect(calls('UpdateService')).toHaveLength(1);
  });

  test('without a service nothing is deployed, and that is no success', async () => {
    const failed = await step(action, { ...readme, service: '' });
    expect([failed.code, failed.annotations[0]?.message]).toEqual([
      2,
      expect.stringContaining('input service: is missing') as string,
    ]);
  });

  test('what cannot be taken over is told with why, all of it at once', async () => {
    const failed = await step(action, {
      ...readme,
      'codedeploy-application': 'app',
      'propagate-tags': 'SERVICE',
      'service-managed-ebs-volume': '{"sizeInGiB":1}',
      'run-task-container-overrides': '[{"name":"web","cpu":1}]',
      'wait-for-minutes': 'long',
      'force-new-deployment': 'yes',
    });
    expect(failed.code).toBe(2);
    expect(failed.annotations).toHaveLength(1);
    const text = failed.annotations[0]?.message ?? '';
    for (const part of [
      'input codedeploy-application: cannot be taken over: lading drives the deployment controller ECS',
      'input propagate-tags: cannot be taken over',
      'input service-managed-ebs-volume: cannot be taken over',
      'input run-task-container-overrides: is no list of overrides',
      'input wait-for-minutes: is a number of minutes',
      'input force-new-deployment: is one of true',
    ])
      expect(text).toContain(part);
    expect(sandbox.journal).toEqual([]);
  });
});
