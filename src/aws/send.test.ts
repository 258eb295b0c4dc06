import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { virtualClock } from '../base/clock.js';
import type { TestWorld } from '../../test/support/world.js';
import { testWorld } from '../../test/support/world.js';
import type { AwsCredentials, AwsRetry } from './api.js';
import { openRest, openRpc } from './open-api.js';

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** Answers in turn; the last one again and again. */
let answers: Answer[] = [];
let keys: string[] = [];
let server: Server;
let world: TestWorld;
const clock = virtualClock();

beforeEach(async () => {
  keys = [];
  server = createServer((request, response) => {
    request.resume();
    keys.push(/Credential=([^/]*)/.exec(request.headers.authorization ?? '')?.[1] ?? '');
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    request.on('end', () => answer?.(response, request));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  world = testWorld({ env: { AWS_ENDPOINT_URL: url }, clock });
});
afterEach(async () => {
  world.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const made: AwsCredentials = { accessKeyId: 'AKIAONE', secretAccessKey: 'one', source: 'the test', renewal: 'Log in.' };
const credentials = async () => made;
const opening = { region: 'eu-central-1', credentials };

function json(status: number, body: object, headers: Record<string, string> = {}): Answer {
  return (response) => response.writeHead(status, headers).end(JSON.stringify(body));
}
const refuse = (type: string, status = 400, message = 'no') => json(status, { __type: type, message });
const text =
  (status: number, body: string): Answer =>
  (response) =>
    response.writeHead(status).end(body);
const good = json(200, { clusterArns: [] });

describe('what may pass is repeated', () => {
  test('four times without a deadline, told before each wait', async () => {
    answers = [refuse('ThrottlingException')];
    const waits: AwsRetry[] = [];
    const ecs = openRpc('ecs', { ...opening, options: { onRetry: (retry) => waits.push(retry) } }, world);
    await expect(ecs.call('ListClusters')).rejects.toMatchObject({ failure: 'throttled' });
    expect(keys).toHaveLength(4);
    expect(waits.map(({ service, operation }) => `${service} ${operation}`)).toEqual(Array(3).fill('ecs ListClusters'));
    expect(waits[2]?.sinceMs).toBeCloseTo((waits[0]?.waitMs ?? 0) + (waits[1]?.waitMs ?? 0));
  });

  test('until the deadline, and not beyond it', async () => {
    answers = [refuse('ThrottlingException')];
    const started = clock.now();
    let waited = 0;
    const ecs = openRpc('ecs', opening, world);
    const deadline = started + 120_000;
    const call = ecs.call('ListClusters', {}, { deadline, onRetry: ({ sinceMs }) => (waited = sinceMs) });
    await expect(call).rejects.toMatchObject({ failure: 'throttled' });
    expect(keys.length).toBeGreaterThan(10);
    expect(clock.now()).toBeLessThanOrEqual(deadline);
    expect(waited).toBeGreaterThan(10_000);
  });

  test.each([
    ['a reset', ((response) => response.destroy()) satisfies Answer],
    [
      'a cut answer',
      ((response) =>
        response.writeHead(200, { 'content-length': '100' }).write('{', () => response.destroy())) satisfies Answer,
    ],
    ['a fault of the service', refuse('ServerException', 500)],
    ['a gateway in between', text(502, '<html><title>Bad Gateway</title>')],
  ])('%s', async (_name, trouble) => {
    answers = [trouble, good];
    expect(await openRpc('ecs', opening, world).call('ListClusters')).toEqual({ clusterArns: [] });
    expect(keys).toHaveLength(2);
  });

  test('an answer that is cut each time is a failure of the connection, not a bug', async () => {
    answers = [(response) => response.writeHead(200, { 'content-length': '100' }).write('{', () => response.destroy())];
    await expect(openRpc('ecs', opening, world).call('ListClusters')).rejects.toMatchObject({
      kind: 'remote',
      code: 'ECONNRESET',
    });
    expect(keys).toHaveLength(4);
  });
});

describe('what does not pass is told at once', () => {
  test.each([
    ['refused', refuse('ClientException')],
    ['quota', refuse('LimitExceededException')],
    ['denied', refuse('AccessDeniedException')],
    ['unknown-operation', refuse('UnknownOperationException')],
    ['not-aws', text(500, '<!doctype html><title>Internal Server Error</title>')],
    ['not-aws', text(200, '<html><head><title>Sign in to the guest network</title>')],
    ['not-aws', text(200, 'hello')],
    ['not-aws', text(400, '404 page not found')],
  ])('%s', async (failure, answer) => {
    answers = [answer];
    await expect(openRpc('ecs', opening, world).call('ListClusters')).rejects.toMatchObject({ failure });
    expect(keys).toHaveLength(1);
  });

  test('an answer without an end', async () => {
    const piece = Buffer.alloc(1 << 20, ' ');
    answers = [
      (response) => {
        const more = () => {
          while (!response.destroyed && response.write(piece));
          if (!response.destroyed) response.once('drain', more);
        };
        more();
      },
    ];
    await expect(openRpc('ecs', opening, world).call('ListClusters')).rejects.toMatchObject({
      code: 'ANSWER_TOO_LONG',
    });
  });

  test('cancelling ends a wait', async () => {
    answers = [refuse('ThrottlingException')];
    const controller = new AbortController();
    const call = openRpc('ecs', opening, world).call(
      'ListClusters',
      {},
      { signal: controller.signal, onRetry: () => controller.abort() },
    );
    await expect(call).rejects.toMatchObject({ kind: 'cancelled' });
  });
});

describe('credentials that are no longer taken', () => {
  test('are renewed once', async () => {
    answers = [refuse('ExpiredTokenException'), good];
    const asked: (AwsCredentials | undefined)[] = [];
    const renewing = async (options?: { insteadOf?: AwsCredentials | undefined }) => {
      asked.push(options?.insteadOf);
      return options?.insteadOf ? { ...made, accessKeyId: 'AKIATWO' } : made;
    };
    await openRpc('ecs', { ...opening, credentials: renewing }, world).call('ListClusters');
    expect(keys).toEqual(['AKIAONE', 'AKIATWO']);
    expect(asked).toEqual([undefined, made]);
  });

  test('are told with the way to new ones when there are none', async () => {
    answers = [refuse('ExpiredTokenException')];
    await expect(openRpc('ecs', opening, world).call('ListClusters')).rejects.toMatchObject({
      kind: 'credentials',
      code: 'EXPIRED_TOKEN',
      hint: 'Log in.',
    });
    expect(keys).toHaveLength(1);
  });
});

test('a clock that is wrong is corrected by theirs, once', async () => {
  const theirs = clock.now() + 3_600_000;
  const dates: string[] = [];
  const note =
    (answer: Answer): Answer =>
    (response, request) => {
      dates.push(String(request.headers['x-amz-date']));
      response.setHeader('date', new Date(theirs).toUTCString());
      answer(response, request);
    };
  answers = [note(refuse('RequestTimeTooSkewed', 403)), note(good), note(refuse('RequestTimeTooSkewed', 403))];
  const ecs = openRpc('ecs', opening, world);
  await ecs.call('ListClusters');
  await expect(ecs.call('ListClusters')).rejects.toMatchObject({ code: 'CLOCK_SKEW' });
  const stamp = (time: number) =>
    new Date(time)
      .toISOString()
      .replace(/[-:]|\.\d+/g, '')
      .slice(0, 11);
  expect(dates.map((date) => date.slice(0, 11))).toEqual([clock.now(), theirs, theirs].map(stamp));
});

describe('errors of each protocol', () => {
  const xml = (body: string): Answer => text(403, `<?xml version="1.0"?>\n${body}`);
  test('query', async () => {
    answers = [
      xml(
        '<ErrorResponse xmlns="x"><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>a &lt; b</Message></Error><RequestId>r-2</RequestId></ErrorResponse>',
      ),
    ];
    await expect(openRpc('iam', opening, world).call('GetRole')).rejects.toMatchObject({
      type: 'AccessDenied',
      message: 'iam GetRole in us-east-1: AccessDenied: a < b',
      requestId: 'r-2',
    });
  });

  test('EC2', async () => {
    answers = [
      xml(
        '<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>no</Message></Error></Errors><RequestID>r-3</RequestID></Response>',
      ),
    ];
    await expect(openRpc('ec2', opening, world).call('DescribeSubnets')).rejects.toMatchObject({
      failure: 'denied',
      requestId: 'r-3',
    });
  });

  test('S3, with a body, without one, and as a success', async () => {
    const s3 = openRest('s3', opening, world);
    const get = () => s3.request('GetBucketPolicy', { bucket: 'b', query: { policy: '' } }, { tries: 1 });
    answers = [xml('<Error><Code>NoSuchBucketPolicy</Code><Message>no</Message></Error>')];
    await expect(get()).rejects.toMatchObject({ failure: 'not-found', type: 'NoSuchBucketPolicy' });
    answers = [
      (response) => response.writeHead(301, { 'x-amz-bucket-region': 'eu-west-1', 'x-amz-request-id': 'r-4' }).end(),
    ];
    await expect(get()).rejects.toMatchObject({
      status: 301,
      requestId: 'r-4',
      details: { bucketRegion: 'eu-west-1' },
    });
    answers = [text(200, '<?xml version="1.0"?>\n<Error><Code>InternalError</Code><Message>no</Message></Error>')];
    await expect(get()).rejects.toMatchObject({ failure: 'unavailable', type: 'InternalError' });
  });

  test('REST with JSON, by the header and by the body', async () => {
    const scheduler = openRest('scheduler', opening, world);
    answers = [json(404, { Message: 'no schedule' }, { 'x-amzn-errortype': 'ResourceNotFoundException:http://x/' })];
    await expect(scheduler.request('GetSchedule', { path: ['schedules', 'a'] })).rejects.toMatchObject({
      type: 'ResourceNotFoundException',
      message: expect.stringContaining('no schedule') as string,
    });
    answers = [json(400, { error: 'invalid_grant', error_description: 'no session' })];
    await expect(
      openRest('sso-oidc', { ...opening, credentials: undefined }, world).request('CreateToken', {}),
    ).rejects.toMatchObject({
      type: 'invalid_grant',
      message: expect.stringContaining('no session') as string,
    });
    expect(keys.at(-1)).toBe('');
  });
});
