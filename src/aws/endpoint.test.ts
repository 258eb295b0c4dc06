import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { requirePython } from '../../test/support/tools.js';
import { ecrRegion, isEcrHost } from './ecr.js';
import { checkEndpoint, endpointOf } from './endpoint.js';
import { partitionOf } from './partition.js';
import type { AwsServiceName } from './services.js';
import { awsServices } from './services.js';

/**
 * `ecs eu-central-1` → the address that botocore speaks to and the region that it signs for: four services in every
 * region that it knows, every service in one region of each partition.
 */
const ENDPOINTS = `
import botocore.session, json, sys
session = botocore.session.get_session()
found = {}
for partition in session.get_available_partitions():
    for place, region in enumerate(session.get_available_regions('ecs', partition)):
        for service in sys.argv[1:] if place == 0 else ('ecs', 'ecr', 'logs', 'sts'):
            client = session.create_client(service, region_name=region, aws_access_key_id='a', aws_secret_access_key='b')
            found[service + ' ' + region] = [client.meta.endpoint_url, client._request_signer._region_name, partition]
print(json.dumps(found))
`;

test('every region of every partition has the endpoint that botocore has', async (context) => {
  const python = requirePython('botocore', 'python3-botocore');
  if (!python) return context.skip();
  const env = { PATH: process.env.PATH, AWS_STS_REGIONAL_ENDPOINTS: 'regional' };
  // botocore has public ECR in every region; AWS has it in one.
  const services = Object.keys(awsServices).filter((name) => name !== 'ecr-public');
  const { stdout } = await promisify(execFile)(python, ['-c', ENDPOINTS, ...services], { env });
  const known = JSON.parse(stdout) as Record<string, [string, string, string]>;
  expect(Object.keys(known).length).toBeGreaterThan(100);
  const ours = Object.keys(known).map((key) => {
    const [service, region = ''] = key.split(' ');
    const { url, region: signed } = endpointOf(service as AwsServiceName, region, {});
    return [key, [url, signed, partitionOf(region).id]];
  });
  expect(Object.fromEntries(ours)).toEqual(known);

  // The registry's host has the suffix of its API: https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
  for (const key of Object.keys(known)) {
    const region = key.split(' ')[1] ?? '';
    const host = `123456789012.dkr.ecr.${region}.${partitionOf(region).suffix}`;
    expect([host, isEcrHost(host, {}), ecrRegion(host)]).toEqual([host, true, region]);
  }
});

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
