import { describe, expect, test } from 'vitest';
import { ecrRegion, isEcrHost } from './ecr.js';
import { checkEndpoint, endpointOf } from './endpoint.js';

describe('an endpoint of the user’s own', () => {
  const all = 'http://127.0.0.1:4566';
  const own = 'http://127.0.0.1:9999';
  test.each([
    ['ecs', { AWS_ENDPOINT_URL: all }, all],
    ['ecs', { AWS_ENDPOINT_URL: all, AWS_ENDPOINT_URL_ECS: own }, own],
    ['ecr', { AWS_ENDPOINT_URL: all, AWS_ENDPOINT_URL_ECS: own }, all],
    ['logs', { AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: own }, own],
    ['ecr-public', { AWS_ENDPOINT_URL_ECR_PUBLIC: own }, own],
    ['ecs', { AWS_ENDPOINT_URL: '' }, 'https://ecs.eu-central-1.amazonaws.com'],
    [
      'ecs',
      { AWS_ENDPOINT_URL: all, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' },
      'https://ecs.eu-central-1.amazonaws.com',
    ],
  ] as const)('%s with %j', (service, env, expected) => {
    expect(endpointOf(service, 'eu-central-1', env).url).toBe(expected);
  });

  test('public ECR has one place', () => {
    expect(endpointOf('ecr-public', 'eu-central-1', {})).toEqual({
      url: 'https://api.ecr-public.us-east-1.amazonaws.com',
      region: 'us-east-1',
    });
  });

  test.each([
    ['https://vpce-1.ecs.eu-central-1.vpce.amazonaws.com', {}],
    ['http://127.0.0.1:4566', {}],
    ['http://localhost:4566/base', {}],
    ['http://[::1]:4566', {}],
    ['http://moto:5000', { LADING_INSECURE_ENDPOINT: 'moto:5000' }],
    ['http://moto:5000', { LADING_INSECURE_ENDPOINT: 'other, moto' }],
  ])('%s with %j is taken', (url, env) => {
    expect(() => checkEndpoint('ecs', { AWS_ENDPOINT_URL: url, ...env })).not.toThrow();
  });

  test.each([
    ['http://moto:5000', 'speaks plain HTTP to moto:5000', 'LADING_INSECURE_ENDPOINT=moto:5000'],
    ['http://127.0.0.1.evil.test/', 'speaks plain HTTP to 127.0.0.1.evil.test', 'https://'],
    ['localhost:4566', 'is no address of an API', 'https://'],
    ['ftp://127.0.0.1/', 'is no address of an API', 'https://'],
    ['https://me:secret@proxy.test/', 'has a user name', undefined],
  ])('%s is refused', (url, message, hint) => {
    for (const variable of ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_ECS']) {
      const error = thrownBy(() => checkEndpoint('ecs', { [variable]: url }));
      expect(error).toMatchObject({
        kind: 'input',
        message: expect.stringContaining(`${variable}: ${message}`) as string,
      });
      if (hint) expect(error).toMatchObject({ hint: expect.stringContaining(hint) as string });
      expect(String(error)).not.toContain('secret');
    }
  });
});

function thrownBy(work: () => void): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('hosts of ECR', () => {
  test.each([
    ['123456789012.dkr.ecr.eu-central-1.amazonaws.com', 'eu-central-1'],
    ['123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com', 'us-gov-west-1'],
    ['123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn', 'cn-north-1'],
    ['123456789012.dkr-ecr.eu-west-1.on.aws', 'eu-west-1'],
    ['123456789012.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn', 'cn-north-1'],
    ['123456789012.dkr.ecr.eusc-de-east-1.amazonaws.eu', 'eusc-de-east-1'],
    ['public.ecr.aws', undefined],
  ])('%s', (host, region) => expect([isEcrHost(host, {}), ecrRegion(host)]).toEqual([true, region]));

  test.each([
    '12345.dkr.ecr.eu-central-1.amazonaws.com',
    '123456789012.dkr.ecr.eu-central-1.amazonaws.com.evil.test',
    'evil.test',
    '123456789012.dkr.ecr.eu-central-1.amazonawsxcom',
    '123456789012.dkr.ecr.eu-central-1.amazonaws.com:443',
    'public.ecr.aws.evil.test',
  ])('%s gets no ECR password', (host) => expect(isEcrHost(host, {})).toBe(false));

  test('the host of a custom endpoint counts', () => {
    const env = { AWS_ENDPOINT_URL_ECR: 'http://127.0.0.1:4566' };
    expect(isEcrHost('127.0.0.1:4566', env)).toBe(true);
    expect(isEcrHost('127.0.0.1:4567', env)).toBe(false);
    expect(isEcrHost('127.0.0.1:4566', { AWS_ENDPOINT_URL: 'no address' })).toBe(false);
  });
});
