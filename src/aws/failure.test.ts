import { describe, expect, test } from 'vitest';
import { HttpError } from '../base/errors.js';
import type { AwsFailure } from './classify.js';
import { parseDenial } from './denial.js';
import { explainRefusal, explainStranger, isAwsFailure, isTransient } from './failure.js';

const call = {
  service: 'ecs',
  operation: 'UpdateService',
  region: 'eu-central-1',
  endpoint: 'https://ecs.eu-central-1.amazonaws.com',
} as const;

function refusal(type: string | undefined, more: { status?: number; message?: string } = {}) {
  const { status = 400, message = 'the far side’s words' } = more;
  return explainRefusal({ ...call, status, type, message, requestId: 'r-1' });
}

describe('what a refusal means', () => {
  const table: readonly (readonly [string | undefined, number, string, AwsFailure, string, string])[] = [
    ['Throttling', 400, 'Rate exceeded', 'throttled', 'remote', 'THROTTLED'],
    ['ThrottlingException', 400, 'Rate exceeded', 'throttled', 'remote', 'THROTTLED'],
    ['ThrottledException', 400, '', 'throttled', 'remote', 'THROTTLED'],
    ['TooManyRequestsException', 429, '', 'throttled', 'remote', 'THROTTLED'],
    ['RequestLimitExceeded', 503, 'Request limit exceeded.', 'throttled', 'remote', 'THROTTLED'],
    ['SlowDown', 503, 'Please reduce your request rate.', 'throttled', 'remote', 'THROTTLED'],
    ['ProvisionedThroughputExceededException', 400, '', 'throttled', 'remote', 'THROTTLED'],
    [undefined, 429, '', 'throttled', 'remote', 'THROTTLED'],
    ['ServerException', 500, '', 'unavailable', 'remote', 'UNAVAILABLE'],
    ['InternalFailure', 500, '', 'unavailable', 'remote', 'UNAVAILABLE'],
    ['InternalServerException', 400, '', 'unavailable', 'remote', 'UNAVAILABLE'],
    ['ServiceUnavailable', 503, '', 'unavailable', 'remote', 'UNAVAILABLE'],
    ['IDPCommunicationError', 400, '', 'unavailable', 'remote', 'UNAVAILABLE'],
    ['SomethingNew', 503, '', 'unavailable', 'remote', 'UNAVAILABLE'],
    ['ExpiredTokenException', 400, '', 'expired', 'credentials', 'EXPIRED_TOKEN'],
    [
      'ExpiredToken',
      403,
      'The security token included in the request is expired',
      'expired',
      'credentials',
      'EXPIRED_TOKEN',
    ],
    [
      'UnrecognizedClientException',
      400,
      'The security token included in the request is expired',
      'expired',
      'credentials',
      'EXPIRED_TOKEN',
    ],
    [
      'UnrecognizedClientException',
      400,
      'The security token included in the request is invalid.',
      'unknown-key',
      'credentials',
      'UNKNOWN_KEY',
    ],
    ['InvalidClientTokenId', 403, '', 'unknown-key', 'credentials', 'UNKNOWN_KEY'],
    [
      'AuthFailure',
      401,
      'AWS was not able to validate the provided access credentials',
      'unknown-key',
      'credentials',
      'UNKNOWN_KEY',
    ],
    ['InvalidAccessKeyId', 403, '', 'unknown-key', 'credentials', 'UNKNOWN_KEY'],
    ['RequestTimeTooSkewed', 403, '', 'clock', 'credentials', 'CLOCK_SKEW'],
    ['RequestInTheFuture', 400, '', 'clock', 'credentials', 'CLOCK_SKEW'],
    [
      'InvalidSignatureException',
      400,
      'Signature expired: 20200101T000000Z is now earlier than 20261124T000000Z',
      'clock',
      'credentials',
      'CLOCK_SKEW',
    ],
    ['SignatureDoesNotMatch', 403, 'Signature not yet current: 20300101T000000Z', 'clock', 'credentials', 'CLOCK_SKEW'],
    [
      'SignatureDoesNotMatch',
      403,
      'The request signature we calculated does not match',
      'bad-signature',
      'credentials',
      'BAD_SIGNATURE',
    ],
    ['MissingAuthenticationTokenException', 400, '', 'no-credentials', 'credentials', 'NO_CREDENTIALS'],
    [undefined, 401, '', 'no-credentials', 'credentials', 'NO_CREDENTIALS'],
    ['AccessDeniedException', 400, '', 'denied', 'credentials', 'ACCESS_DENIED'],
    ['AccessDenied', 403, '', 'denied', 'credentials', 'ACCESS_DENIED'],
    ['UnauthorizedOperation', 403, '', 'denied', 'credentials', 'ACCESS_DENIED'],
    [undefined, 403, '', 'denied', 'credentials', 'ACCESS_DENIED'],
    [
      'AccessDeniedException',
      403,
      'Unable to determine service/operation name to be authorized',
      'unknown-operation',
      'remote',
      'UNKNOWN_OPERATION',
    ],
    ['UnknownOperationException', 404, '', 'unknown-operation', 'remote', 'UNKNOWN_OPERATION'],
    [
      'InvalidAction',
      400,
      'Could not find operation X for version Y',
      'unknown-operation',
      'remote',
      'UNKNOWN_OPERATION',
    ],
    [
      'NotImplemented',
      501,
      'A header you provided implies functionality',
      'unknown-operation',
      'remote',
      'UNKNOWN_OPERATION',
    ],
    ['ClusterNotFoundException', 400, '', 'not-found', 'remote', 'NOT_FOUND'],
    ['NoSuchEntity', 404, '', 'not-found', 'remote', 'NOT_FOUND'],
    ['NoSuchBucketPolicy', 404, '', 'not-found', 'remote', 'NOT_FOUND'],
    ['ServerSideEncryptionConfigurationNotFoundError', 404, '', 'not-found', 'remote', 'NOT_FOUND'],
    ['InvalidSubnetID.NotFound', 400, '', 'not-found', 'remote', 'NOT_FOUND'],
    ['ApplicationDoesNotExistException', 400, '', 'not-found', 'remote', 'NOT_FOUND'],
    [undefined, 404, '', 'not-found', 'remote', 'NOT_FOUND'],
    ['EntityAlreadyExists', 409, '', 'exists', 'remote', 'ALREADY_EXISTS'],
    ['BucketAlreadyOwnedByYou', 409, '', 'exists', 'remote', 'ALREADY_EXISTS'],
    ['RepositoryAlreadyExistsException', 400, '', 'exists', 'remote', 'ALREADY_EXISTS'],
    ['InvalidGroup.Duplicate', 400, '', 'exists', 'remote', 'ALREADY_EXISTS'],
    ['ConflictException', 409, '', 'conflict', 'remote', 'CONFLICT'],
    ['OperationAborted', 409, '', 'conflict', 'remote', 'CONFLICT'],
    ['LimitExceededException', 400, '', 'quota', 'remote', 'QUOTA_EXCEEDED'],
    ['ServiceQuotaExceededException', 402, '', 'quota', 'remote', 'QUOTA_EXCEEDED'],
    ['ClientException', 400, 'Invalid revision number', 'refused', 'remote', 'AWS_REFUSED'],
    ['NotThrottlingException', 400, '', 'refused', 'remote', 'AWS_REFUSED'],
  ];
  test.each(table)('%s with %i, %j: %s', (type, status, message, failure, kind, code) => {
    const error = refusal(type, { status, message });
    expect(error).toMatchObject({ failure, kind, code, status, requestId: 'r-1' });
    expect(isAwsFailure(error, failure)).toBe(true);
    expect(isTransient(error)).toBe(failure === 'throttled' || failure === 'unavailable');
  });

  test.each([
    ['com.amazonaws.ecs#AccessDeniedException', 'AccessDeniedException'],
    ['ClientException:http://internal.amazon.com/coral/com.amazon.coral.service/', 'ClientException'],
    ['com.amazon.coral.service#UnrecognizedClientException:http://internal.amazon.com/', 'UnrecognizedClientException'],
    ['', 'HTTP 503'],
    [undefined, 'HTTP 503'],
  ])('%j is called %s', (sent, type) => expect(refusal(sent, { status: 503 }).type).toBe(type));

  test('it says who was asked for what, in the far side’s words on one line', () => {
    const error = refusal('ClientException', { message: ' no\n  such thing ' });
    expect(error.message).toBe('ecs UpdateService in eu-central-1: ClientException: no such thing');
    expect(refusal('ClientException', { message: '  ' }).message).toContain('no reason given');
    expect(error.details).toEqual({
      service: 'ecs',
      operation: 'UpdateService',
      region: 'eu-central-1',
      type: 'ClientException',
      requestId: 'r-1',
    });
  });

  test('a failure of the connection may pass, another error not', () => {
    expect(
      isTransient(
        new HttpError('cut', { code: 'ECONNRESET', cause: Object.assign(new Error(), { code: 'ECONNRESET' }) }),
      ),
    ).toBe(true);
    expect(isTransient(new Error('a bug'))).toBe(false);
  });
});

describe('a denial', () => {
  const role = 'arn:aws:sts::123456789012:assumed-role/deploy/x';
  const service = 'arn:aws:ecs:eu-central-1:123456789012:service/production/web';
  test.each([
    [
      `User: ${role} is not authorized to perform: ecs:UpdateService on resource: ${service} because no identity-based policy allows the ecs:UpdateService action`,
      { principal: role, action: 'ecs:UpdateService', resource: service, deniedBy: undefined },
      `Allow ecs:UpdateService on ${service} to ${role}.`,
    ],
    [
      `User: ${role} is not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::state" because no resource-based policy allows the s3:ListBucket action`,
      { principal: role, action: 's3:ListBucket', resource: 'arn:aws:s3:::state', deniedBy: undefined },
      `Allow s3:ListBucket on arn:aws:s3:::state to ${role}.`,
    ],
    [
      `User: ${role} is not authorized to perform: ecs:UpdateService on resource: ${service} with an explicit deny in a service control policy`,
      { principal: role, action: 'ecs:UpdateService', resource: service, deniedBy: 'service control policy' },
      'Ask who owns the service control policy that denies ecs:UpdateService: no other policy lifts it.',
    ],
    [
      `User: ${role} is not authorized to perform: iam:PassRole on resource: * with an explicit deny in an identity-based policy: arn:aws:iam::123456789012:policy/x`,
      { principal: role, action: 'iam:PassRole', resource: '*', deniedBy: 'identity-based policy' },
      'Ask who owns the identity-based policy that denies iam:PassRole: no other policy lifts it.',
    ],
    [
      `You are not authorized to perform this operation. User: ${role} is not authorized to perform: ec2:DescribeSubnets because no identity-based policy allows the ec2:DescribeSubnets action`,
      { principal: role, action: 'ec2:DescribeSubnets', resource: undefined, deniedBy: undefined },
      `Allow ec2:DescribeSubnets to ${role}.`,
    ],
    [
      'Not authorized to perform sts:AssumeRoleWithWebIdentity',
      { principal: undefined, action: 'sts:AssumeRoleWithWebIdentity', resource: undefined, deniedBy: undefined },
      'Allow sts:AssumeRoleWithWebIdentity to the role in use.',
    ],
    [
      'Access Denied',
      { principal: undefined, action: undefined, resource: undefined, deniedBy: undefined },
      'Allow ecs:UpdateService to the role in use.',
    ],
  ])('%s', (message, denial, hint) => {
    expect(parseDenial(message)).toEqual(denial);
    expect(refusal('AccessDeniedException', { message })).toMatchObject({ denial, hint });
  });

  test('the action has the prefix of policies, not that of the host', () => {
    const error = explainRefusal({
      ...call,
      service: 'cloudwatch',
      operation: 'DescribeAlarms',
      status: 403,
      type: 'AccessDenied',
      message: '',
    });
    expect(error.hint).toBe('Allow cloudwatch:DescribeAlarms to the role in use.');
  });

  test('a long text of the far side is read in no time', () => {
    const started = performance.now();
    for (const piece of ['on resource: ', 'explicit deny in a ', 'User: arn:', 'authorized to perform: a', ' ', '"']) {
      parseDenial(piece.repeat(20_000));
    }
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('hints', () => {
  test.each([
    ['ExpiredToken', 'Get new credentials: these have expired.'],
    [
      'InvalidClientTokenId',
      'Check the access key: AWS does not know it, or eu-central-1 is not enabled in its account.',
    ],
    ['SignatureDoesNotMatch', 'Check the secret key and the clock of this machine.'],
    ['UnknownOperationException', 'Check region and endpoint: the API of ecs there does not know UpdateService.'],
    ['ClusterNotFoundException', undefined],
  ])('%s: %s', (type, hint) => expect(refusal(type).hint).toBe(hint));

  test('the way to new credentials is that of the ones in use', () => {
    const error = explainRefusal({
      ...call,
      status: 400,
      type: 'ExpiredToken',
      message: '',
      renewal: 'Log in with: x',
    });
    expect(error.hint).toBe('Log in with: x');
  });

  test('a bucket elsewhere', () => {
    const moved = {
      ...call,
      service: 's3',
      status: 301,
      type: 'PermanentRedirect',
      message: 'x',
      bucketRegion: 'us-east-1',
    } as const;
    expect(explainRefusal(moved)).toMatchObject({
      hint: 'Use region us-east-1: the bucket is there.',
      details: { bucketRegion: 'us-east-1' },
    });
  });
});

describe('an answer that is not AWS’s', () => {
  test.each([
    [500, { isPage: true, words: '500 Internal Server Error' }, 'not-aws', 'a web page, “500 Internal Server Error”'],
    [200, { isPage: true, words: undefined }, 'not-aws', 'a web page'],
    [404, { isPage: false, words: '404 page not found' }, 'not-aws', 'a text that is not of its protocol, “404 page'],
    [502, { isPage: true, words: 'Bad Gateway' }, 'unavailable', 'a web page, “Bad Gateway”'],
  ] as const)('%i %j', (status, page, failure, words) => {
    const error = explainStranger({ ...call, status, ...page });
    expect(error).toMatchObject({
      failure,
      kind: 'remote',
      hint: expect.stringContaining('AWS_ENDPOINT_URL') as string,
    });
    expect(error.message).toContain(`ecs.eu-central-1.amazonaws.com answers with HTTP ${status} and ${words}`);
  });
});
