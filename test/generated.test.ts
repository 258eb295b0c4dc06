import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { generatedFiles, generatedFolders } from '../src/entry/generate/files.js';
import { policyFor } from '../src/commands/needs/policy.js';

const root = join(import.meta.dirname, '..');
const files = await generatedFiles();

describe('generated files are fresh: npm run generate renews them', () => {
  test.each([...files.keys()])('%s', (path) => {
    const file = join(root, path);
    expect(existsSync(file) ? readFileSync(file, 'utf8') : undefined).toBe(files.get(path));
  });

  test('no file is left over', () => {
    const found = generatedFolders.flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1)),
    );
    expect(found.filter((path) => !files.has(path))).toEqual([]);
  });
});

describe('metadata of the actions', () => {
  const actions = [...files].filter(([path]) => path.endsWith('action.yml'));

  test.each(actions)('%s starts a file that is there, and demands nothing that lading.yml may hold', (path, text) => {
    const metadata = parse(text) as {
      runs: { using: string; main: string };
      inputs: Record<string, { required: boolean; default?: string; description: string }>;
    };
    expect(metadata.runs.using).toBe('node24');
    expect(files.has(join(path, '..', metadata.runs.main))).toBe(true);
    for (const input of Object.values(metadata.inputs)) {
      expect(input.required).toBe(false);
      expect(input.default).toBeUndefined();
      expect(input.description).not.toBe('');
    }
  });
});

describe('the schema of lading.yml', () => {
  const validate = new Ajv({ allowUnionTypes: true }).compile(
    JSON.parse(files.get('lading.schema.json') ?? '') as Record<string, unknown>,
  );

  test.each([
    [
      'build:\n  app: apps/web\npush:\n  to: shop\n  tag: [v1, v2]\ndeploy:\n  cluster: production\n  timeout: 1h30m',
      true,
    ],
    ['build:\n  label:\n    team: shop', true],
    ['build:\n  platform: linux/arm64', true],
    ['push:\n  tag: 12345e7', true],
    ['deploy:\n  clutser: production', false],
    ['deploy:\n  timeout: 15', false],
    ['deploy:\n  wait: forever', false],
    ['deploy: production', false],
    ['bild:\n  app: .', false],
    ['x-all: &all\n  cluster: production\nservices:\n  web: *all\n  api:\n    <<: *all\n    after: [web]', true],
    ['images:\n  web:\n    app: apps/web\n    to: r.io/web\n    platform: linux/arm64\n    env: { A: 1 }', true],
    ['tasks:\n  migrate:\n    command: [node, m.js]\n    before: web\n    like: web', true],
    ['services:\n  web:\n    smoke: { url: https://x, status: 204, timeout: 1m }', true],
    ['services:\n  web:', true],
    ['services:\n  web:\n    clutser: production', false],
    ['services:\n  web:\n    smoke: { uri: https://x }', false],
    ['services:\n  - web', false],
    ['services:\n  "a b": {}', false],
    ['services:\n  web:\n    cluster: [production]', false],
    ['environments:\n  staging:\n    region: eu-west-1\n    services: { web: { cluster: staging } }', true],
    ['environments:\n  staging:', true],
    ['environments:\n  staging:\n    regoin: eu-west-1', false],
    ['environments:\n  staging:\n    environments: {}', false],
    ['environments:\n  staging:\n    services: { web: { clutser: staging } }', false],
  ])('%j', (text, good) => {
    expect(validate(parse(text, { merge: true }))).toBe(good);
  });
});

test('a policy has a statement for each kind of resource, and no action twice', () => {
  const why = 'to see';
  const policy = policyFor([
    { action: 'ecs:UpdateService', resource: 'service', why },
    { action: 'ecs:DescribeServices', resource: 'service', why },
    { action: 'ecs:UpdateService', resource: 'service', why },
    { action: 'ecs:ListTasks', resource: 'cluster', why },
  ]);
  expect(() => policyFor([{ action: 'a:B', resource: 'sevrice', why }])).toThrow(/no kind of AWS resource/);
  expect(policy.Statement.map(({ Action }) => Action)).toEqual([
    ['ecs:DescribeServices', 'ecs:UpdateService'],
    ['ecs:ListTasks'],
  ]);
  expect(policy.Statement[1]).toMatchObject({ Resource: '*', Condition: { ArnEquals: {} } });
});
