import { expect, test } from 'vitest';
import type { ReportEvent } from '../base/tell/report.js';
import { formatBackend } from './backend.js';
import { terraformEnvironment } from './environment.js';
import { parseEvent } from './event.js';
import { parseOutputs } from './outputs.js';
import { formatVariables } from './variables.js';

const backend = { bucket: 'acme-state', key: 'shop/service.tfstate', region: 'eu-central-1', pathStyle: false };

test.each([
  ['s3', ['use_lockfile']],
  ['dynamodb', ['dynamodb_table']],
  ['both', ['use_lockfile', 'dynamodb_table']],
] as const)('a backend locked by %s', (lock, lines) => {
  const text = formatBackend({ ...backend, lock, table: 'locks' });
  const names = text.split('\n').flatMap((line) => /^(\w+) +=/.exec(line)?.[1] ?? []);
  expect(names).toEqual(['bucket', 'key', 'region', 'encrypt', ...lines]);
});

test('no text becomes a template of Terraform', () => {
  const text = formatBackend({ ...backend, key: 'a${file("x")}%{if true}"\n', lock: 's3' });
  expect(text).toContain('"a$${file(\\"x\\")}%%{if true}\\"\\n"');
});

test('variables are of the types that they have; what is not given is left to the stack', () => {
  expect(
    JSON.parse(formatVariables({ port: 3000, name: 'x', tags: { a: 'b' }, vpc_id: undefined, ids: ['1'] })),
  ).toEqual({
    port: 3000,
    name: 'x',
    tags: { a: 'b' },
    ids: ['1'],
  });
});

test('Terraform gets what it needs, and no secret of lading or of others', () => {
  const env = terraformEnvironment(
    {
      ...{ PATH: '/bin', HOME: '/home', HTTPS_PROXY: 'http://proxy', TF_VAR_x: '1', TF_CLI_CONFIG_FILE: '/rc' },
      ...{ AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_PROFILE: 'other', AWS_SESSION_TOKEN: 'stale' },
      ...{ GITHUB_TOKEN: 'g', LADING_GITHUB_TOKEN: 'l', DATABASE_URL: 'd', CLOUD_TOKEN: 'c', NODE_OPTIONS: '-r x' },
    },
    { keys: { accessKeyId: 'id', secretAccessKey: 'secret' }, region: 'eu-central-1', pass: ['CLOUD_TOKEN'] },
  );
  expect(env).toEqual({
    ...{ PATH: '/bin', HOME: '/home', HTTPS_PROXY: 'http://proxy', TF_VAR_x: '1', TF_CLI_CONFIG_FILE: '/rc' },
    ...{ AWS_ENDPOINT_URL: 'http://127.0.0.1:1', CLOUD_TOKEN: 'c' },
    ...{ AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'eu-central-1' },
    ...{ TF_IN_AUTOMATION: '1', TF_INPUT: '0', CHECKPOINT_DISABLE: '1', AWS_EC2_METADATA_DISABLED: 'true' },
  });
});

test('outputs: sensitive ones are masked, to the last of their parts, and only named', () => {
  const events: ReportEvent[] = [];
  const report = (event: ReportEvent) => void events.push(event);
  const text = JSON.stringify({
    url: { value: 'http://x', type: 'string', sensitive: false },
    keys: { value: { a: ['s3cr3t', 'other'] }, sensitive: true },
  });
  expect(parseOutputs(`a warning\n${text}`, 'service', { report })).toEqual({
    values: { url: 'http://x' },
    sensitive: ['keys'],
  });
  expect(events).toEqual([
    { type: 'mask', value: 's3cr3t' },
    { type: 'mask', value: 'other' },
  ]);
});

test('a line that is none of Terraform’s is text', () => {
  for (const line of ['', '{', '{"a":1}', '[command]terraform plan', '{"@message":1,"type":"x"}']) {
    expect(parseEvent(line)).toEqual({ type: 'text', text: line });
  }
});
