import { expect, test } from 'vitest';
import { inOwnFolders, mistakes, read } from '../../../../test/support/read-test-inputs.js';
import type { Filling, Reference } from './references.js';

inOwnFolders();

/** Knows every output, and which ones it was asked for. */
function outputs() {
  const asked: string[] = [];
  const lookUp = async (references: readonly Reference[]): Promise<Filling> => {
    asked.push(...references.map(({ stack, output, where }) => `${where} ${stack}.${output}`));
    return Promise.resolve(
      new Map(references.map(({ stack, output }) => [`${stack}.${output}`, output === 'port' ? '30' : `<${output}>`])),
    );
  };
  return { asked, lookUp };
}

const file = [
  'deploy: {service: "${tf:service.service_name}", timeout: "${tf:service.port}s"}',
  'push: {tag: [a, "x-${tf:service.image}-${tf:registry.registry_id}"]}',
  'build: {label: {by: "${tf:service.team}"}}',
  'services: {web: {cluster: "${tf:service.cluster_name}", smoke: {url: "${tf:service.url}/health"}}}',
].join('\n');

test('outputs stand wherever a text may stand, also for numbers and inside of maps', async () => {
  const { asked, lookUp } = outputs();
  const { values } = await read({ file, more: { lookUp } });
  expect(values).toMatchObject({
    service: '<service_name>',
    timeout: 30_000,
    tag: ['a', 'x-<image>-<registry_id>'],
    label: { by: '<team>' },
    services: [{ cluster: '<cluster_name>', smoke: { url: '<url>/health' } }],
  });
  expect(asked).toContain('lading.yml:1:19 service.service_name');
  expect(asked).toHaveLength(7);
});

test('what a flag says is not looked up, nor what the verb does not take', async () => {
  const { asked, lookUp } = outputs();
  const text = 'deploy: {service: "${tf:service.service_name}"}\nrotate: {to: ["${tf:service.x}"]}';
  await read({ file: text, argv: ['--service', 's'], more: { lookUp } });
  expect(asked).toEqual([]);
});

test('a verb that makes the stacks takes them as not given', async () => {
  const command = (await import('../../../../test/support/read-test-inputs.js')).command;
  const { lookUp, asked } = outputs();
  const text = 'deploy: {service: s, timeout: "${tf:service.port}s"}';
  const { values, origins } = await read({ file: text, more: { lookUp, command: { ...command, beforeStacks: true } } });
  expect([values.timeout, origins.of('timeout'), asked]).toEqual([900_000, 'default', []]);
});

test('what is no reference is told with its place, before anything is looked up', async () => {
  const { asked, lookUp } = outputs();
  const text = 'deploy: {service: "${tf:web.name}", wait: "${tf:service}"}\npush: {tag: ["${tf:service.a"]}';
  const told = await mistakes({ file: text, more: { lookUp } });
  expect(told.map((line) => line.split(' | ')[0])).toEqual([
    'lading.yml:1:19: "${tf:web.name}" is no output of a stack',
    'lading.yml:1:43: "${tf:service}" is no output of a stack',
    'lading.yml:2:14: "${tf:service.a" is no output of a stack',
  ]);
  expect(asked).toEqual([]);
});

test('what an output says is checked as if it stood there', async () => {
  const lookUp = () => Promise.resolve(new Map([['service.port', 'soon']]));
  expect(await mistakes({ file: 'deploy: {service: s, timeout: "${tf:service.port}"}', more: { lookUp } })).toEqual([
    expect.stringMatching(/^lading\.yml:1:31: .*"soon"/),
  ]);
});
