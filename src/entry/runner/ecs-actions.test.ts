import { describe, expect, test } from 'vitest';
import type { Command } from '../../base/declare/command.js';
import type { Inputs } from '../../base/declare/input.js';
import { deploy } from '../../commands/deploy.js';
import { render } from '../../commands/render.js';
import { resolveValues } from '../inputs/values.js';
import { readStepInputs } from './step-inputs.js';

/** What a verb gets of the `with:` of a step under the names of the other action. */
async function read(verb: unknown, given: Readonly<Record<string, string>>) {
  const command = verb as Command<Inputs, unknown>;
  const env = Object.fromEntries(Object.entries(given).map(([name, text]) => [`INPUT_${name.toUpperCase()}`, text]));
  const inputs = await readStepInputs(env, command.inputs, command.compat?.[0]);
  const sources = { ...inputs, nameOf: (name: string) => name, env: {}, file: undefined, cwd: '/w', command: '' };
  const { values, issues } = await resolveValues(command.inputs, sources);
  const wrong = [...inputs.issues, ...issues].map(({ where, message }) => `${where}: ${message}`);
  return { values, issues: wrong, ignored: inputs.ignored };
}

describe('amazon-ecs-deploy-task-definition', () => {
  test.each<[string, string, string, unknown]>([
    ['task-definition', 'a/task.json', 'taskDefinition', '/w/a/task.json'],
    ['service', 'shop', 'service', 'shop'],
    ['service', '', 'cluster', 'default'],
    ['cluster', 'production', 'cluster', 'production'],
    ['desired-count', '3', 'desiredCount', 3],
    ['desired-count', '', 'desiredCount', undefined],
    ['wait-for-service-stability', 'true', 'wait', 'stable'],
    ['wait-for-service-stability', 'False', 'wait', 'none'],
    ['wait-for-service-stability', '', 'wait', 'none'],
    ['wait-for-minutes', '', 'timeout', 30 * 60_000],
    ['wait-for-minutes', '45', 'timeout', 45 * 60_000],
    ['wait-for-minutes', '1000', 'timeout', 360 * 60_000],
    ['force-new-deployment', 'TRUE', 'forceNewDeployment', true],
    ['run-task', 'true', 'runTask', true],
    ['run-task', '', 'runTask', undefined],
    ['run-task-subnets', 'subnet-1, subnet-2', 'runTaskSubnet', ['subnet-1', 'subnet-2']],
    ['run-task-security-groups', 'sg-1,sg-2', 'runTaskSecurityGroup', ['sg-1', 'sg-2']],
    ['run-task-assign-public-IP', 'ENABLED', 'runTaskPublicIp', true],
    ['run-task-launch-type', 'EC2', 'runTaskLaunchType', 'EC2'],
    ['wait-for-task-stopped', '', 'runTaskWait', false],
    ['wait-for-task-stopped', 'true', 'runTaskWait', true],
    [
      'run-task-container-overrides',
      '[{"name":"web","environment":[{"name":"A","value":""}]},{"name":"job","command":["a b"]}]',
      'runTaskOverrides',
      { container: 'job', command: ['a b'], env: [{ container: 'web', name: 'A', value: '' }] },
    ],
  ])('%s: %j is %s', async (name, text, own, value) => {
    const { values, issues } = await read(deploy, { [name]: text });
    expect(issues).toEqual([]);
    expect(values[own]).toEqual(value);
  });

  test.each([
    ['codedeploy-application', 'app'],
    ['codedeploy-appspec', 'appspec.yaml'],
    ['propagate-tags', 'SERVICE'],
    ['enable-ecs-managed-tags', 'true'],
    ['service-managed-ebs-volume-name', 'data'],
    ['service-managed-ebs-volume', '{"sizeInGiB":1}'],
    ['run-task-capacity-provider-strategy', '[{"capacityProvider":"FARGATE_SPOT"}]'],
    ['run-task-tags', '[{"key":"a","value":"b"}]'],
    ['run-task-managed-ebs-volume', '{"sizeInGiB":1}'],
    ['run-task-container-overrides', '[{"name":"a","command":["x"]},{"name":"b","command":["y"]}]'],
    ['run-task-container-overrides', '{"name":"a"}'],
    ['run-task-assign-public-IP', 'true'],
    ['wait-for-minutes', '0'],
    ['wait-for-service-stability', 'yes'],
  ])('%s: %s is a mistake', async (name, text) => {
    expect((await read(deploy, { [name]: text })).issues).toEqual([expect.stringMatching(`^input ${name}: `)]);
  });

  test.each([
    ['service-managed-ebs-volume', '{}'],
    ['run-task-tags', '[]'],
    ['run-task-capacity-provider-strategy', ' [] '],
    ['propagate-tags', 'null'],
  ])('%s: %s asks for nothing', async (name, text) => {
    expect(await read(deploy, { [name]: text })).toMatchObject({ issues: [], ignored: [] });
  });

  test.each(['max-retries', 'wait-max-delay-seconds', 'keep-null-value-keys', 'run-task-started-by'])(
    '%s is of no consequence',
    async (name) => {
      const { issues, ignored } = await read(deploy, { [name]: '3' });
      expect([issues, ignored]).toEqual([[], [expect.stringContaining(`input ${name} is of no consequence`)]]);
    },
  );
});

describe('amazon-ecs-render-task-definition', () => {
  test.each<[string, string, string, unknown]>([
    ['task-definition', 'task.json', 'taskDefinition', '/w/task.json'],
    ['task-definition-arn', 'arn:aws:ecs:x:1:task-definition/a:1', 'family', 'arn:aws:ecs:x:1:task-definition/a:1'],
    ['task-definition-family', 'shop', 'family', 'shop'],
    ['task-definition-revision', '7', 'revision', 7],
    ['container-name', ' web , proxy', 'container', ['web', 'proxy']],
    ['environment-variables', 'A=b=c\n\n  B=1,2  \n', 'env', { ':A': 'b=c', ':B': '1,2' }],
    ['environment-variables', 'A=b,c', 'env', { ':A': 'b,c' }],
    ['secrets', 'S=arn:aws:x:y:z', 'secret', { ':S': 'arn:aws:x:y:z' }],
    ['docker-labels', 'k=a=b', 'dockerLabel', { ':k': 'a=b' }],
    ['log-configuration-log-driver', 'awslogs', 'logDriver', 'awslogs'],
    ['log-configuration-options', 'a=b=c\nd=1', 'logOption', { a: 'b=c', d: '1' }],
    ['command', 'sh -c "echo hi there"', 'command', ['sh', '-c', 'echo hi there']],
    ['env-files', 'arn:one\narn:two\n', 'envFile', ['arn:one', 'arn:two']],
    [
      'task-role-arn',
      'arn:aws-iso-f:iam::123456789012:role/a/b',
      'taskRoleArn',
      'arn:aws-iso-f:iam::123456789012:role/a/b',
    ],
    ['execution-role-arn', 'ecsTaskExecutionRole', 'executionRoleArn', 'ecsTaskExecutionRole'],
  ])('%s: %j is %s', async (name, text, own, value) => {
    const { values, issues } = await read(render, { [name]: text });
    expect(issues).toEqual([]);
    expect(values[own]).toEqual(value);
  });

  test.each([
    ['environment-variables', 'A'],
    ['log-configuration-log-driver', 'aws'],
    ['command', 'sh -c "echo'],
    ['task-role-arn', 'arn:aws:iam::123456789012:user/me'],
    ['task-definition-revision', 'latest'],
    ['image', 'https://host.example/shop'],
  ])('%s: %s is a mistake', async (name, text) => {
    expect((await read(render, { [name]: text })).issues).toEqual([expect.stringMatching(`^input ${name}: `)]);
  });
});
