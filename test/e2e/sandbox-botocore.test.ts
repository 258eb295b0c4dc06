import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { JournalEntry } from '../../src/sandbox/service.js';
import type { Botocore } from '../support/botocore.js';
import { openBotocore } from '../support/botocore.js';
import { askSigned } from '../support/ask-signed.js';
import type { Rehearsal } from '../support/rehearsal.js';
import { rehearse as openRehearsal } from '../support/rehearsal.js';

let botocore: Botocore | undefined;
const open: (() => Promise<void>)[] = [];
const answered = new Set<string>();

beforeAll(() => {
  botocore = openBotocore();
}, 240_000);
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});
afterAll(async () => botocore?.close());

/** A stage with botocore's own client before it. */
async function rehearse(judge: Botocore, name: string): Promise<Rehearsal> {
  const rehearsal = await openRehearsal(judge, name, answered);
  open.push(rehearsal.close);
  return rehearsal;
}

test('what is no JSON or no known operation is refused as AWS does', async (context) => {
  if (!botocore) return context.skip();
  const { sandbox } = await rehearse(botocore, 'ok');
  const send = async (target: string, body: string) => {
    const answer = await askSigned(sandbox, { body, headers: { 'x-amz-target': target } });
    return [answer.status, ((await answer.json()) as { __type: string }).__type];
  };
  const ecs = 'AmazonEC2ContainerServiceV20141113';
  expect(await send(`${ecs}.ListClusters`, '{')).toEqual([400, 'SerializationException']);
  expect(await send(`${ecs}.ListClusters`, '[]')).toEqual([400, 'SerializationException']);
  expect(await send(`${ecs}.NoSuchThing`, '{}')).toEqual([400, 'UnknownOperationException']);
  expect(await send(`${ecs}.toString`, '{}')).toEqual([400, 'UnknownOperationException']);
});

test('the check refuses what is wrong', async (context) => {
  if (!botocore) return context.skip();
  const about = (operation: string, more: Partial<JournalEntry>): JournalEntry => ({
    at: 0,
    service: 'ecs',
    operation,
    input: {},
    ...more,
  });
  const described = (deployment: unknown) =>
    about('DescribeServices', {
      input: { services: ['web'] },
      output: { services: [{ deployments: [deployment] }] },
    });
  const wrong = [
    described({ createdAt: '2026-01-01T00:00:00Z' }),
    described({ updatedAt: 1_767_225_600_000 }),
    described({ runningCount: '1' }),
    described({ pendingCount: true }),
    described({ failedTasks: 1.5 }),
    described({ rolloutState: 'DONE' }),
    described({ rolloutstate: 'FAILED' }),
    described({ id: null }),
    described({ capacityProviderStrategy: [{ base: 1 }] }),
    about('DescribeServices', { output: {} }),
    about('DescribeServices', { input: { services: ['web'], serviceName: 'web' }, output: [] }),
    about('DescribeServices', { fault: { type: 'ServiceNotFoundException', message: '' } }),
    about('DescribeService', { output: {} }),
    about('DescribeImages', { service: 'ecr', input: { repositoryName: 'X' }, output: { imageDetails: {} } }),
    about('GetCallerIdentity', { service: 'sts', output: { Account: 1 } }),
  ];
  for (const entry of wrong) expect(await botocore.check([entry]), JSON.stringify(entry)).not.toEqual([]);
  expect(await botocore.check(wrong.slice(0, 3))).toEqual([
    'ecs DescribeServices output.services[0].deployments[0].createdAt: "2026-01-01T00:00:00Z" is no number of seconds',
    'ecs DescribeServices output.services[0].deployments[0].runningCount: "1" is no integer',
    'ecs DescribeServices output.services[0].deployments[0].updatedAt: 1767225600000 seconds are no time of our days',
  ]);
});
