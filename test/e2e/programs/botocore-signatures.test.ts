import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { requirePython } from '../../support/tools.js';
import { signedHeaders } from '../../../src/aws/sign.js';

/** Signs each request of standard input anew with botocore, with the very headers that were sent. */
const RESIGN = `
import json, sys
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

for case in json.load(sys.stdin):
    headers = {name: value for name, value in case['headers'].items() if name != 'authorization'}
    request = AWSRequest(method=case['method'], url=case['url'], data=case['body'].encode(), headers=headers)
    request.context['timestamp'] = headers['x-amz-date']
    auth = S3SigV4Auth if case['service'] == 's3' else SigV4Auth
    signer = auth(Credentials(case['key'], case['secret']), case['service'], case['region'])
    signature = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    signed = signer.signed_headers(signer.headers_to_sign(request))
    print('AWS4-HMAC-SHA256 Credential=%s, SignedHeaders=%s, Signature=%s' % (signer.scope(request), signed, signature))
`;

const word = fc.stringMatching(/^[A-Za-z0-9/+]{16,40}$/);
const request = fc.record({
  url: fc.constantFrom(
    'https://ecs.eu-central-1.amazonaws.com/',
    'http://127.0.0.1:4566/',
    'https://api.ecr.us-east-1.amazonaws.com:443/',
    'https://logs.cn-north-1.amazonaws.com.cn/',
    'http://localhost:8000/a/b%20c/?x=1&b=two%20words&a=%C3%A4',
    'https://bucket.s3.eu-central-1.amazonaws.com/a%20b/%C3%BC%2B%2A%281%29.txt?versioning=&list-type=2',
    'https://scheduler.eu-central-1.amazonaws.com/schedules/a%2Fb?groupName=x%26y&groupName=a',
  ),
  method: fc.constantFrom('POST', 'GET', 'PUT', 'HEAD'),
  service: fc.constantFrom('ecs', 'ecr', 'logs', 'sts', 's3', 'scheduler'),
  region: fc.constantFrom('eu-central-1', 'us-gov-west-1', 'cn-north-1'),
  body: fc.oneof(fc.constant(''), fc.string({ unit: 'grapheme' }), fc.json()),
  target: fc.stringMatching(/^[A-Za-z0-9_.]{1,40}$/),
  date: fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }),
  key: word,
  secret: word,
  token: fc.option(word, { nil: undefined }),
});

test('botocore makes the same signature of the same headers', async (context) => {
  const python = requirePython('botocore', 'python3-botocore');
  if (!python) return context.skip();
  const cases = await Promise.all(
    fc.sample(request, 200).map(async (one) => {
      const headers = await signedHeaders({
        method: one.method,
        url: new URL(one.url),
        service: one.service,
        region: one.region,
        body: one.body,
        headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': one.target },
        credentials: { accessKeyId: one.key, secretAccessKey: one.secret, sessionToken: one.token },
        date: one.date,
      });
      return { ...one, headers };
    }),
  );
  const run = promisify(execFile)(python, ['-c', RESIGN], { maxBuffer: 1 << 24 });
  run.child.stdin?.end(JSON.stringify(cases));
  const theirs = (await run).stdout.trim().split('\n');
  expect(cases.map(({ headers }) => headers.authorization)).toEqual(theirs);
  for (const { headers, token } of cases) {
    expect(headers['x-amz-security-token']).toBe(token);
    expect(headers.authorization).toMatch(/SignedHeaders=content-type;host;.*x-amz-date;.*x-amz-target,/);
  }
});
