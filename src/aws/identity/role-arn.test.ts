import { describe, expect, test } from 'vitest';
import { audienceOf, isSessionOf, parseRole, readRole, roleOfAccount } from './role-arn.js';

describe('a role', () => {
  test.each([
    ['arn:aws:iam::123456789012:role/ci', 'us-east-1'],
    ['arn:aws:iam::012345678901:role/path/to/ci+=,.@-_', 'eu-central-1'],
    ['arn:aws-cn:iam::123456789012:role/ci', 'cn-north-1'],
    ['arn:aws-us-gov:iam::123456789012:role/ci', 'us-gov-west-1'],
  ])('%s of %s', (role, region) => {
    expect(readRole({ role, where: 'role' }, region)).toEqual({ arn: role, account: role.split(':')[4] });
  });

  test('by its name is one of the account, in the partition of the region', () => {
    expect(readRole({ role: 'team/ci', where: 'role' }, 'cn-north-1')).toBeUndefined();
    expect(roleOfAccount('team/ci', '123456789012', 'cn-north-1')).toBe('arn:aws-cn:iam::123456789012:role/team/ci');
  });

  test.each([
    ['arn:aws:sts::123456789012:assumed-role/ci/me', 'Write arn:aws:iam::123456789012:role/ci'],
    ['arn:aws:iam::123456789012:user/ci', 'Write it as arn:aws:iam::123456789012:role/name'],
    ['arn:aws:iam::12345:role/ci', 'twelve digits'],
    ['arn:aws:iam::***:role/ci', 'as a variable'],
    ['https://example.com', 'Write it as'],
    ['a role', 'Write it as'],
  ])('is not %s', (role, hint) => {
    expect(() => parseRole(role, 'x')).toThrow(
      expect.objectContaining({ kind: 'input', hint: expect.stringContaining(hint) as string }),
    );
  });

  test('of another partition than the region is refused', () => {
    const role = 'arn:aws:iam::123456789012:role/ci';
    expect(() => readRole({ role, where: 'x' }, 'cn-north-1')).toThrow(/the region cn-north-1 is of aws-cn/);
  });
});

test('a session belongs to its role, whatever the path of that', () => {
  const session = 'arn:aws:sts::123456789012:assumed-role/ci/me';
  expect(isSessionOf(session, 'arn:aws:iam::123456789012:role/ci')).toBe(true);
  expect(isSessionOf(session, 'arn:aws:iam::123456789012:role/team/ci')).toBe(true);
  expect(isSessionOf(session, 'arn:aws:iam::123456789012:role/ci2')).toBe(false);
  expect(isSessionOf(session, 'arn:aws:iam::999999999999:role/ci')).toBe(false);
  expect(isSessionOf('arn:aws:iam::123456789012:user/ci', 'arn:aws:iam::123456789012:role/ci')).toBe(false);
});

test('China has an audience of its own', () => {
  expect(['eu-central-1', 'us-gov-east-1', 'cn-northwest-1'].map(audienceOf)).toEqual([
    ...['sts.amazonaws.com', 'sts.amazonaws.com', 'sts.amazonaws.com.cn'],
  ]);
});
