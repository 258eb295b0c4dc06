import { describe, expect, test } from 'vitest';
import { explainRefusal, isClockSkew, isThrottle } from './failure.js';

const refusal = (type: string | undefined, more: { status?: number; message?: string } = {}) =>
  explainRefusal({
    service: 'ecs',
    operation: 'UpdateService',
    region: 'eu-central-1',
    status: more.status ?? 400,
    type,
    message: 'message' in more ? more.message : 'the far side’s words',
    requestId: 'r-1',
  });

describe('a refusal in words', () => {
  test.each([
    ['AccessDeniedException', 'credentials', 'Allow ecs:UpdateService to the role in use.'],
    ['UnauthorizedOperation', 'credentials', 'Allow ecs:UpdateService to the role in use.'],
    ['ExpiredTokenException', 'credentials', 'Get new credentials: these have expired.'],
    ['ExpiredToken', 'credentials', 'Get new credentials: these have expired.'],
    ['UnrecognizedClientException', 'credentials', 'Check the access key: AWS does not know it.'],
    ['InvalidClientTokenId', 'credentials', 'Check the access key: AWS does not know it.'],
    ['InvalidSignatureException', 'credentials', 'Check the secret key and the clock of this machine.'],
    ['SignatureDoesNotMatch', 'credentials', 'Check the secret key and the clock of this machine.'],
    ['MissingAuthenticationTokenException', 'credentials', undefined],
    ['ServiceNotFoundException', 'remote', undefined],
    ['ClusterNotFoundException', 'remote', undefined],
    ['ThrottlingException', 'remote', undefined],
    ['ServerException', 'remote', undefined],
  ] as const)('%s', (type, kind, hint) => {
    const error = refusal(type);
    expect(error).toMatchObject({ kind, type, code: 'AWS_REFUSED', hint, status: 400 });
    expect(error.message).toBe(`ecs UpdateService in eu-central-1: ${type}: the far side’s words`);
    expect(error.details).toEqual({
      service: 'ecs',
      operation: 'UpdateService',
      region: 'eu-central-1',
      type,
      requestId: 'r-1',
    });
  });

  test.each([
    ['com.amazonaws.ecs#AccessDeniedException', 'AccessDeniedException'],
    ['ClientException:http://internal.amazon.com/coral/com.amazon.coral.service/', 'ClientException'],
    ['com.amazon.coral.service#UnrecognizedClientException:http://internal.amazon.com/', 'UnrecognizedClientException'],
    ['', 'HTTP 503'],
    [undefined, 'HTTP 503'],
  ])('%j is called %s', (sent, type) => expect(refusal(sent, { status: 503 }).type).toBe(type));

  test('an empty reason and a bare 401', () => {
    expect(refusal('ClientException', { message: '  ' }).message).toContain('no reason given');
    expect(refusal(undefined, { status: 401, message: undefined })).toMatchObject({ kind: 'credentials' });
  });
});

test.each(['Throttling', 'ThrottlingException', 'TooManyRequestsException', 'RequestLimitExceeded', 'SlowDown'])(
  '%s is a throttle',
  (type) => expect([isThrottle(type), isClockSkew(type)]).toEqual([true, false]),
);

test.each(['RequestTimeTooSkewed', 'RequestExpired', 'RequestInTheFuture'])('%s is about the clock', (type) =>
  expect([isThrottle(type), isClockSkew(type)]).toEqual([false, true]),
);

test.each(['AccessDeniedException', 'ServerException', 'NotThrottlingException', ''])('%j is neither', (type) =>
  expect([isThrottle(type), isClockSkew(type)]).toEqual([false, false]),
);
