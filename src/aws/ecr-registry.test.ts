import { describe, expect, test } from 'vitest';
import { InputError } from '../base/errors.js';
import { ecrHost, parseEcrRegistry } from './ecr-registry.js';

const env = { AWS_ENDPOINT_URL_ECR: 'http://127.0.0.1:5000' };
const host = (account: string, rest = 'ecr.eu-west-1.amazonaws.com') => `${account}.dkr.${rest}`;
const own = { endpoint: `https://${host('111111111111')}`, region: 'eu-west-1' };

describe('a registry', () => {
  test.each([
    ['012345678901', host('012345678901')],
    [' 222222222222 ', host('222222222222')],
    ['222222222222.eu-west-1', host('222222222222')],
    [host('333333333333'), host('333333333333')],
    [`https://${host('333333333333')}/shop:v1`, host('333333333333')],
    [host('333333333333', 'ecr.cn-north-1.amazonaws.com.cn'), host('333333333333', 'ecr.cn-north-1.amazonaws.com.cn')],
    ['public', 'public.ecr.aws'],
    ['public.ecr.aws/nginx', 'public.ecr.aws'],
    ['127.0.0.1:5000', '127.0.0.1:5000'],
  ])('%s is at %s', (text, expected) => {
    expect(ecrHost(parseEcrRegistry(text, env), own)).toBe(expected);
  });

  test('without a name is the own', () => {
    expect(ecrHost({ isPublic: false }, own)).toBe(host('111111111111'));
    expect(ecrHost({ isPublic: false }, { endpoint: undefined, region: 'eu-west-1' })).toBeUndefined();
  });

  test('of another partition has its suffix, when ECR names none', () => {
    const china = { endpoint: undefined, region: 'cn-north-1' };
    expect(ecrHost({ isPublic: false, account: '222222222222' }, china)).toBe(
      host('222222222222', 'ecr.cn-north-1.amazonaws.com.cn'),
    );
  });

  test.each([
    ['12345678901', /twelve digits, this has 11/],
    ['', /no registry of ECR/],
    ['ghcr.io/acme', /no registry of ECR/],
    [`evil.com/${host('333333333333')}`, /no registry of ECR/],
    [`${host('333333333333')}.evil.com`, /no registry of ECR/],
  ])('is not %j', (text, message) => {
    expect(() => parseEcrRegistry(text, env)).toThrow(InputError);
    expect(() => parseEcrRegistry(text, env)).toThrow(message);
  });
});
