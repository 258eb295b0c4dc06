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

const group = { logGroupName: '/ecs/shop' };
const stream = { ...group, logStreamName: 'web/web/1' };

test('groups and streams: tags, retention, deletion, and what is refused', async (context) => {
  if (!botocore) return context.skip();
  const { call, refused, told, expectFaithful, clock } = await rehearse(botocore);
  const tags = { team: 'shop' };
  await call('logs', 'CreateLogGroup', { ...group, tags, deletionProtectionEnabled: true });
  await call('logs', 'CreateLogStream', stream);
  await call('logs', 'PutLogEvents', { ...stream, logEvents: [{ timestamp: clock.now(), message: 'one' }] });
  expect(await told('logs', 'CreateLogGroup', { logGroupName: 'a b' })).toBe(
    "InvalidParameterException: 1 validation error detected: Value 'a b' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [.\\-_/#A-Za-z0-9]+",
  );
  expect(await refused('logs', 'CreateLogGroup', { logGroupName: 'aws/x' })).toBe('InvalidParameterException');
  expect(await told('logs', 'CreateLogStream', { ...group, logStreamName: 'a:b' })).toContain('[^:*]*');

  await call('logs', 'PutRetentionPolicy', { ...group, retentionInDays: 7 });
  expect(await told('logs', 'PutRetentionPolicy', { ...group, retentionInDays: 8 })).toContain(
    'Member must satisfy enum value set: [1, 3, 5, 7, 14',
  );
  const { logGroups } = await call<{ logGroups: { arn: string; logGroupArn: string }[] }>('logs', 'DescribeLogGroups');
  expect(logGroups).toMatchObject([{ ...group, retentionInDays: 7, storedBytes: 29, logGroupClass: 'STANDARD' }]);
  const resource = { resourceArn: logGroups[0]?.logGroupArn };
  await call('logs', 'TagResource', { ...resource, tags: { stage: 'test' } });
  await call('logs', 'UntagResource', { ...resource, tagKeys: ['team'] });
  expect(await call('logs', 'ListTagsForResource', resource)).toEqual({ tags: { stage: 'test' } });
  expect(await refused('logs', 'ListTagsForResource', { resourceArn: `${resource.resourceArn}x` })).toBe(
    'ResourceNotFoundException',
  );

  // By the ARN, as people paste it.
  const byArn = { logGroupIdentifier: logGroups[0]?.logGroupArn };
  expect(await call('logs', 'DescribeLogStreams', byArn)).toMatchObject({
    logStreams: [{ logStreamName: 'web/web/1' }],
  });
  expect(await refused('logs', 'DescribeLogStreams', { ...byArn, ...group })).toBe('InvalidParameterException');
  expect(await refused('logs', 'DescribeLogStreams')).toBe('InvalidParameterException');
  const ordered = { ...group, orderBy: 'LastEventTime', logStreamNamePrefix: 'web' };
  expect(await told('logs', 'DescribeLogStreams', ordered)).toContain('Cannot order by LastEventTime');
  expect(await refused('logs', 'DescribeLogStreams', { ...group, limit: 51 })).toBe('InvalidParameterException');
  const both = { logGroupNamePrefix: '/ecs', logGroupNamePattern: 'shop' };
  expect(await told('logs', 'DescribeLogGroups', both)).toContain('mutually exclusive');
  expect(await call('logs', 'DescribeLogGroups', { logGroupNamePattern: 'sho' })).toMatchObject({ logGroups: [group] });

  const events = async () => (await call<{ events: unknown[] }>('logs', 'GetLogEvents', stream)).events.length;
  clock.advance(8 * 86_400_000);
  expect(await events()).toBe(0);
  await call('logs', 'DeleteRetentionPolicy', group);
  expect(await events()).toBe(1);
  await call('logs', 'DeleteLogStream', stream);
  expect(await refused('logs', 'DeleteLogStream', stream)).toBe('ResourceNotFoundException');
  expect(await refused('logs', 'DeleteLogGroup', group)).toBe('ValidationException');
  const unprotected = { logGroupIdentifier: '/ecs/shop', deletionProtectionEnabled: false };
  await call('logs', 'PutLogGroupDeletionProtection', unprotected);
  await call('logs', 'DeleteLogGroup', group);
  for (const operation of ['DeleteLogGroup', 'DeleteRetentionPolicy', 'DescribeLogStreams'])
    expect(await refused('logs', operation, group), operation).toBe('ResourceNotFoundException');
  await expectFaithful();
});

test('events that are written: limits of a batch, and those that are left out', async (context) => {
  if (!botocore) return context.skip();
  const { call, told, expectFaithful, clock } = await rehearse(botocore);
  await call('logs', 'CreateLogGroup', group);
  await call('logs', 'CreateLogStream', stream);
  const now = clock.now();
  const at = (...times: number[]) => times.map((time) => ({ timestamp: now + time, message: `at ${time}` }));
  const put = (logEvents: object[]) => told('logs', 'PutLogEvents', { ...stream, logEvents });
  const hour = 3_600_000;
  expect(await put(at(1, 0))).toContain('chronological order');
  expect(await put(at(-25 * hour, 0))).toContain('cannot span more than 24 hours');
  expect(await put([{ timestamp: now, message: 'x'.repeat(1_048_551) }])).toContain('1048577 bytes exceeds limit');
  expect(await put([])).toContain('length greater than or equal to 1');
  expect(await put(Array.from({ length: 10_001 }, () => at(0)[0] ?? {}))).toContain(
    'length less than or equal to 10000',
  );
  await call('logs', 'PutRetentionPolicy', { ...group, retentionInDays: 3 });
  const times = [-15 * 24 * hour, -4 * 24 * hour, -hour, 0, 2 * hour + 1];
  expect(await call('logs', 'PutLogEvents', { ...stream, logEvents: at(...times) })).toMatchObject({
    rejectedLogEventsInfo: { tooOldLogEventEndIndex: 1, expiredLogEventEndIndex: 2, tooNewLogEventStartIndex: 4 },
  });
  expect(await call('logs', 'GetLogEvents', stream)).toMatchObject({
    events: [{ message: `at ${-hour}` }, { message: 'at 0' }],
  });
  await expectFaithful();
});

test('reads come in pages, some of them empty', async (context) => {
  if (!botocore) return context.skip();
  const { call, pages, told, expectFaithful, clock } = await rehearse(botocore, { pageSize: 2 });
  for (const name of ['e', 'b', 'd', 'a', 'c']) await call('logs', 'CreateLogGroup', { logGroupName: name });
  const names = await pages<{ logGroupName: string }>('logs', 'DescribeLogGroups', {}, 'logGroups');
  expect(names.map((page) => page.map((one) => one.logGroupName).join(''))).toEqual(['ab', 'cd', 'e']);
  const a = { logGroupName: 'a' };
  for (const [at, logStreamName] of ['y', 'x', 'z'].entries()) {
    await call('logs', 'CreateLogStream', { ...a, logStreamName });
    const logEvents = [0, 10].map((more) => ({
      timestamp: clock.now() + at + more,
      message: `${logStreamName}${more}`,
    }));
    await call('logs', 'PutLogEvents', { ...a, logStreamName, logEvents });
  }
  const streams = async (more: object) => {
    const all = await pages<{ logStreamName: string }>('logs', 'DescribeLogStreams', { ...a, ...more }, 'logStreams');
    return all.map((page) => page.map((one) => one.logStreamName).join(''));
  };
  expect(await streams({})).toEqual(['xy', 'z']);
  expect(await streams({ limit: 1 })).toEqual(['x', 'y', 'z']);
  expect(await streams({ descending: true })).toEqual(['zy', 'x']);
  expect(await streams({ orderBy: 'LastEventTime' })).toEqual(['yx', 'z']);
  expect(await streams({ orderBy: 'LastEventTime', descending: true })).toEqual(['zx', 'y']);
  const events = async (more: object) => {
    const all = await pages<{ message: string }>('logs', 'FilterLogEvents', { ...a, ...more }, 'events');
    return all.map((page) => page.map(({ message }) => message).join(' '));
  };
  expect(await events({})).toEqual(['', 'y0 x0', 'z0 y10', 'x10 z10']);
  expect(await events({ logStreamNames: ['y', 'z'] })).toEqual(['', 'y0 z0', 'y10 z10']);
  expect(await events({ filterPattern: '10', endTime: clock.now() + 11 })).toEqual(['', 'y10 x10']);
  for (const operation of ['DescribeLogGroups', 'DescribeLogStreams', 'FilterLogEvents'])
    expect(
      await told('logs', operation, { ...(operation !== 'DescribeLogGroups' && a), nextToken: 'x' }),
      operation,
    ).toBe('InvalidParameterException: The specified nextToken is invalid.');
  const odd = { ...a, logStreamName: 'x', nextToken: 'f/1/s' };
  expect(await told('logs', 'GetLogEvents', odd)).toContain('nextToken is invalid');
  const both = { ...a, logStreamNames: ['x'], logStreamNamePrefix: 'x' };
  expect(await told('logs', 'FilterLogEvents', both)).toContain('mutually exclusive');
  expect(await told('logs', 'FilterLogEvents', { ...a, logStreamNames: ['nothing'] })).toMatch(/^ResourceNotFound/);
  await expectFaithful();
});

test('no operation is left out above', async (context) => {
  if (!botocore) return context.skip();
  const { sandbox } = await rehearse(botocore);
  expect(sandbox.operations.filter((name) => name.startsWith('logs ') && !answered.has(name))).toEqual([]);
});
