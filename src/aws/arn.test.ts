import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatArn, lastName, parseArn, readArn, splitResource } from './arn.js';

const word = fc.stringMatching(/^[a-z0-9-]{1,12}$/);
const arn = fc.record({
  partition: word,
  service: word,
  region: fc.oneof(fc.constant(''), word),
  account: fc.oneof(fc.constant(''), fc.constant('aws'), fc.stringMatching(/^\d{12}$/)),
  resource: fc.stringMatching(/^[\w*]([\w:/ .*+=,@-]{0,30}[\w*])?$/),
});

test('an ARN is the same after it was written and read', () => {
  fc.assert(
    fc.property(arn, (one) => {
      expect(parseArn(formatArn(one))).toEqual(one);
    }),
  );
});

test('what is read is written as it was, or is no ARN', () => {
  const text = fc.oneof(
    fc.string(),
    fc.array(fc.constantFrom('arn', ':', 'aws', 'ecs', '/', ' ', '\n', '*', '1')).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(text, (one) => {
      const parsed = parseArn(one);
      if (parsed) expect(formatArn(parsed)).toBe(one);
    }),
  );
});

test.each([
  ['arn:aws:ecs:eu-central-1:123456789012:service/production/web', 'service', 'production/web', 'web'],
  ['arn:aws:ecs:eu-central-1:123456789012:task-definition/web:7', 'task-definition', 'web:7', '7'],
  ['arn:aws-cn:logs:cn-north-1:123456789012:log-group:/ecs/web', 'log-group', '/ecs/web', 'web'],
  ['arn:aws:iam::123456789012:role/ci/deploy', 'role', 'ci/deploy', 'deploy'],
  ['arn:aws:s3:::bucket', 'bucket', '', 'bucket'],
])('%s', (text, kind, name, last) => {
  const parsed = readArn(text, 'it');
  expect([splitResource(parsed.resource), lastName(text)]).toEqual([{ kind, name }, last]);
});

test.each(['', 'arn', 'arn:aws', 'arn:aws:ecs:eu:1:', 'arn:aws:ecs:eu:1: ', 'ARN:aws:ecs:eu:1:x', 'arn::ecs:eu:1:x'])(
  '%j is none',
  (text) => {
    expect(parseArn(text)).toBeUndefined();
    expect(() => readArn(text, 'the task')).toThrow('the task is no ARN');
  },
);
