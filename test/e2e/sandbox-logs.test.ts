import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { SandboxOptions } from '../../src/sandbox/start.js';
import type { Botocore } from '../support/botocore.js';
import { openBotocore } from '../support/botocore.js';
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
async function rehearse(judge: Botocore, options: SandboxOptions = {}): Promise<Rehearsal> {
  const rehearsal = await openRehearsal(judge, 'ok', answered, options);
  open.push(rehearsal.close);
  return rehearsal;
}

test('CloudWatch Logs by the client of AWS', async (context) => {
  if (!botocore) return context.skip();
  const { call, refused, expectFaithful, clock } = await rehearse(botocore);
  const group = { logGroupName: '/ecs/shop' };
  const stream = { ...group, logStreamName: 'web/web/1' };
  await call('logs', 'CreateLogGroup', group);
  expect(await refused('logs', 'CreateLogGroup', group)).toBe('ResourceAlreadyExistsException');
  await call('logs', 'CreateLogStream', stream);
  expect(await refused('logs', 'CreateLogStream', stream)).toBe('ResourceAlreadyExistsException');
  expect(await refused('logs', 'GetLogEvents', { ...group, logStreamName: 'nothing' })).toBe(
    'ResourceNotFoundException',
  );
  const logEvents = ['one', 'two', 'three'].map((message, at) => ({ timestamp: clock.now() + at, message }));
  await call('logs', 'PutLogEvents', { ...stream, logEvents });
  await call('logs', 'DescribeLogGroups', { logGroupNamePrefix: '/ecs/' });
  expect(await call('logs', 'DescribeLogStreams', { ...group, logStreamNamePrefix: 'web/' })).toMatchObject({
    logStreams: [{ logStreamName: 'web/web/1', firstEventTimestamp: clock.now(), lastEventTimestamp: clock.now() + 2 }],
  });
  const head = await call<{ events: { message: string }[]; nextForwardToken: string }>('logs', 'GetLogEvents', {
    ...stream,
    startFromHead: true,
    limit: 2,
  });
  expect(head.events.map((event) => event.message)).toEqual(['one', 'two']);
  const rest = { ...stream, startFromHead: true, nextToken: head.nextForwardToken };
  expect(await call('logs', 'GetLogEvents', rest)).toMatchObject({ events: [{ message: 'three' }] });
  const later = { ...group, startTime: clock.now() + 1, filterPattern: 't' };
  expect(await call('logs', 'FilterLogEvents', { ...later, logStreamNamePrefix: 'web/' })).toMatchObject({
    events: [{ message: 'two', logStreamName: 'web/web/1' }, { message: 'three' }],
  });
  await expectFaithful();
});

test('no operation is left out above', async (context) => {
  if (!botocore) return context.skip();
  const { sandbox } = await rehearse(botocore);
  expect(sandbox.operations.filter((name) => name.startsWith('logs ') && !answered.has(name))).toEqual([]);
});
