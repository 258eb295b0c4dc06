import { expect, test } from 'vitest';
import { canonicalDocument, documentDiff, documentSummary, readDocument } from './document.js';

const one = { Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: ['arn:a'] };

test('documents are read as IAM and S3 send them', () => {
  const text = JSON.stringify({ Version: '2012-10-17', Statement: one });
  expect(readDocument(encodeURIComponent(text), 'it')).toEqual({ Version: '2012-10-17', Statement: [one] });
  expect(readDocument(text, 'it').Statement).toEqual([one]);
  expect(() => readDocument('%7B', 'policy x')).toThrow('policy x is not JSON');
});

test.each<[object, object, boolean]>([
  [one, { Resource: 'arn:a', Action: ['s3:PutObject', 's3:GetObject'], Effect: 'Allow' }, true],
  [one, { ...one, Action: ['s3:GetObject'] }, false],
  [{ Condition: { StringEquals: { a: ['x'] } } }, { Condition: { StringEquals: { a: 'x' } } }, true],
  [{ Condition: { StringEquals: { a: ['x', 'y'] } } }, { Condition: { StringEquals: { a: 'x' } } }, false],
])('%j and %j mean the same: %s', (a, b, same) => {
  expect(canonicalDocument(a) === canonicalDocument(b)).toBe(same);
});

test('a difference is told by what is allowed, to whom, and when', () => {
  const wide = { Effect: 'Allow', Action: '*', Resource: '*' };
  const narrow = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:a', Condition: { Bool: { b: 'true' } } };
  expect(documentDiff({ Statement: [wide, one] }, { Statement: [one, narrow] })).toEqual([
    '- allow * on *',
    '+ allow s3:GetObject on arn:a if Bool b true',
  ]);
  expect(documentSummary({ Statement: [one, { ...one, Action: 'ecr:PutImage' }] })).toEqual([
    's3: 2 actions',
    'ecr: 1 action',
  ]);
});
