import { expect, test } from 'vitest';
import type { TaskDefinition } from '../shapes.js';
import type { Rendering } from './render.js';
import { renderDefinition } from './render.js';

const nothing: Rendering = {
  containers: [],
  images: [],
  env: {},
  secrets: {},
  labels: {},
  unset: [],
  logDriver: undefined,
  logOptions: {},
  command: undefined,
  envFiles: undefined,
  taskRole: undefined,
  executionRole: undefined,
};

const web = {
  name: 'web',
  image: 'host.example/shop:1',
  command: ['node'],
  environment: [{ name: 'A', value: '1' }],
  secrets: [{ name: 'S', valueFrom: 'arn:one' }],
  logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-group': 'g' } },
};
const proxy = { name: 'proxy', image: 'host.example/envoy:1', essential: false };
const two: TaskDefinition = { family: 'shop', containerDefinitions: [web, proxy] };
const one: TaskDefinition = { family: 'shop', containerDefinitions: [web] };

const render = (definition: TaskDefinition, rendering: Partial<Rendering>) =>
  renderDefinition(definition, { ...nothing, ...rendering });

function issuesOf(definition: TaskDefinition, rendering: Partial<Rendering>): readonly unknown[] {
  try {
    render(definition, rendering);
  } catch (error) {
    return (error as { issues: { where: string; message: string }[] }).issues.map(
      ({ where, message }) => `${where}: ${message}`,
    );
  }
  return [];
}

test('nothing asked for changes nothing', () => {
  expect(render(two, {})).toEqual(two);
});

test.each<[string, Partial<Rendering>, object]>([
  ['an image', { images: [{ container: undefined, image: 'x/y:2' }] }, { image: 'x/y:2' }],
  ['a value with =', { env: { B: 'a=b=c' } }, { environment: [...web.environment, { name: 'B', value: 'a=b=c' }] }],
  ['another value', { env: { ':A': '2' } }, { environment: [{ name: 'A', value: '2' }] }],
  [
    'a name with a colon',
    { env: { ':Log:Level': 'x' } },
    { environment: [...web.environment, { name: 'Log:Level', value: 'x' }] },
  ],
  [
    'a secret in place of a variable',
    { secrets: { A: 'arn:two' } },
    { environment: [], secrets: [...web.secrets, { name: 'A', valueFrom: 'arn:two' }] },
  ],
  ['what goes', { unset: ['web:A', 'S', 'NONE'] }, { environment: [], secrets: [] }],
  ['labels', { labels: { k: 'a=b' } }, { dockerLabels: { k: 'a=b' } }],
  [
    'options of its driver',
    { logOptions: { mode: 'non-blocking' } },
    { logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-group': 'g', mode: 'non-blocking' } } },
  ],
  [
    'another driver',
    { logDriver: 'splunk', logOptions: { tag: 't' } },
    { logConfiguration: { logDriver: 'splunk', options: { tag: 't' } } },
  ],
  ['a command', { command: ['sh', '-c', 'a b'] }, { command: ['sh', '-c', 'a b'] }],
  ['no command', { command: [] }, { command: [] }],
  ['files', { envFiles: ['arn:f'] }, { environmentFiles: [{ value: 'arn:f', type: 's3' }] }],
])('%s', (_name, rendering, changed) => {
  expect(render(one, rendering)).toEqual({ ...one, containerDefinitions: [{ ...web, ...changed }] });
});

test('roles', () => {
  expect(render(one, { taskRole: 'arn:t', executionRole: 'arn:e' })).toEqual({
    ...one,
    taskRoleArn: 'arn:t',
    executionRoleArn: 'arn:e',
  });
});

test('named containers get image and settings, and one that is named beside a setting gets that alone', () => {
  const rendered = render(two, {
    containers: ['web', 'proxy'],
    images: [{ container: undefined, image: 'x/y:2' }],
    env: { B: '1', 'proxy:C': '2' },
  });
  expect(rendered.containerDefinitions).toEqual([
    { ...web, image: 'x/y:2', environment: [...web.environment, { name: 'B', value: '1' }] },
    {
      ...proxy,
      image: 'x/y:2',
      environment: [
        { name: 'B', value: '1' },
        { name: 'C', value: '2' },
      ],
    },
  ]);
});

test('the container that gets the image is the one that is meant', () => {
  const rendered = render(two, { images: [{ container: undefined, image: 'host.example/envoy:2' }], env: { B: '1' } });
  expect(rendered.containerDefinitions[0]).toEqual(web);
  expect(rendered.containerDefinitions[1]).toMatchObject({
    image: 'host.example/envoy:2',
    environment: [{ name: 'B', value: '1' }],
  });
});

test('every mistake is told', () => {
  expect(
    issuesOf(two, { containers: ['wbe'], images: [{ container: 'prxy', image: 'x/y' }], env: { 'wob:A': '1' } }),
  ).toEqual([
    '--container: the task definition has no container wbe',
    '--image: the task definition has no container prxy',
    '--env: the task definition has no container wob',
  ]);
  expect(issuesOf(two, { env: { A: '1' } })).toEqual(['--env: it is not clear which container is meant']);
  expect(issuesOf(two, { containers: ['proxy'], logOptions: { a: 'b' } })).toEqual([
    '--log-option: the container proxy has no log driver that takes options',
  ]);
});
