import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { folderOf, initIn, put, readBack, released } from '../../../../test/support/init-folder.js';

let folder = '';
beforeEach(() => {
  folder = folderOf({ 'next.config.mjs': '', 'package.json': {} });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const carry = async (from: string, more = {}) => {
  const result = await initIn(folder, { yes: true, from, action: released, ...more });
  return { ...result, told: result.notCarried.map(({ where, what }) => `${where} ${what}`) };
};
const shop = '123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/shop';

test('an ecspresso configuration with a plain task definition', async () => {
  put(folder, {
    'deploy/ecspresso.yml': `region: ap-northeast-1
cluster: production
service: shop
service_definition: service.json
task_definition: task.json
timeout: 10m0s
plugins:
  - name: tfstate
`,
    'deploy/task.json': { family: 'shop', containerDefinitions: [{ name: 'web', image: `${shop}:v1` }] },
  });
  const { told, left } = await carry('deploy/ecspresso.yml');
  expect(left).toEqual([]);
  expect(told).toEqual([
    'deploy/ecspresso.yml:4 service_definition: service.json',
    'deploy/ecspresso.yml:7 plugins: …',
  ]);
  expect(await readBack(folder)).toMatchObject({
    region: 'ap-northeast-1',
    cluster: 'production',
    service: 'shop',
    timeout: 600_000,
    taskDefinition: join(folder, 'deploy/task.json'),
    to: { repository: 'shop' },
  });
});

test('what ecspresso fills in is told by its line, and the image is known without its tag', async () => {
  put(folder, {
    'ecspresso.yml': 'cluster: "{{ must_env `CLUSTER` }}"\nservice: shop\ntask_definition: task.json\n',
    'task.json': `{
  "containerDefinitions": [
    { "name": "web",
      "image": "${shop}:{{ must_env \`TAG\` }}" },
    { "name": "log", "image": "x" }
  ]
}`,
  });
  const { told } = await carry('ecspresso.yml');
  expect(told).toEqual([
    'ecspresso.yml:1 cluster: {{ must_env `CLUSTER` }}',
    'task.json:5 the container log keeps its image',
    'task.json:4 the task definition holds what ecspresso fills in',
  ]);
  const read = await readBack(folder);
  expect(read).toMatchObject({ service: 'shop', container: 'web', to: { repository: 'shop', tag: undefined } });
  expect(read.taskDefinition).toBeUndefined();
});

test('a Copilot manifest', async () => {
  put(folder, {
    'copilot/api/manifest.yml': `name: api
type: Load Balanced Web Service
http:
  path: '/'
image:
  build:
    dockerfile: docker/api.Dockerfile
    context: apps/api
    target: prod
    args: { A: "1" }
    cache_from: [x]
  port: 8080
platform: linux/arm64
cpu: 256
variables:
  LOG: debug
environments:
  prod:
    count: 3
`,
    'apps/api/package.json': { main: 'x.js' },
  });
  const { told, left } = await carry('copilot/api/manifest.yml', { cluster: 'c', service: 's' });
  expect(told).toEqual([
    'copilot/api/manifest.yml:1 Copilot adds to the names of cluster, service and repository of api',
    'copilot/api/manifest.yml:3 http: …',
    'copilot/api/manifest.yml:11 image.build.cache_from',
    'copilot/api/manifest.yml:14 cpu: 256',
    'copilot/api/manifest.yml:15 variables: …',
    'copilot/api/manifest.yml:17 environments: …',
  ]);
  expect(left.join('\n')).toMatch(/push\.to/);
  expect(await readBack(folder)).toMatchObject({
    app: join(folder, 'apps/api'),
    container: 'api',
    builder: 'dockerfile',
    file: join(folder, 'docker/api.Dockerfile'),
    target: 'prod',
    buildArg: { A: '1' },
    platform: [{ os: 'linux', architecture: 'arm64' }],
  });
});

test.each([
  ['nothing', { 'x.yml': 'a: 1' }, 'x.yml', 'nothing that lading knows'],
  ['a folder', { 'x/y': '' }, 'x', 'is no file'],
  ['a file that is not there', {}, 'gone.yml', 'is no file'],
  ['no YAML', { 'x.yml': 'a: [' }, 'x.yml', 'x.yml:1'],
])('%s is refused', async (_name, files, from, words) => {
  put(folder, files);
  await expect(carry(from)).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining(words) as string });
});
