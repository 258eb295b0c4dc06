import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { signedHeaders } from '../../aws/sign.js';
import type { Signature, SignedRequest } from './signature.js';
import { isSignedWith, readSignature } from './signature.js';

const secret = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';

function read(request: SignedRequest): Signature {
  const signature = readSignature(request);
  if (typeof signature === 'string') throw new Error(signature);
  return signature;
}

const isSigned = (request: SignedRequest, by = secret) => isSignedWith(by, read(request), request);

/** Of AWS's own pages, made with the secret of theirs. */
const documented: Readonly<Record<string, SignedRequest>> = {
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
  'ListUsers of IAM': {
    method: 'GET',
    target: '/?Action=ListUsers&Version=2010-05-08',
    headers: {
      host: ['iam.amazonaws.com'],
      'content-type': ['application/x-www-form-urlencoded; charset=utf-8'],
      'x-amz-date': ['20150830T123600Z'],
      authorization: [
        'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
      ],
    },
    body: Buffer.alloc(0),
  },
};

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html and sigv4-query-string-auth.html */
const s3Secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const s3Documented: Readonly<Record<string, SignedRequest>> = {
  'GET of S3': {
    method: 'GET',
    target: '/test.txt',
    headers: {
      host: ['examplebucket.s3.amazonaws.com'],
      range: ['bytes=0-9'],
      'x-amz-content-sha256': ['e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
      'x-amz-date': ['20130524T000000Z'],
      authorization: [
        'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
      ],
    },
    body: Buffer.alloc(0),
  },
  'PUT of S3 with a $ in its name': {
    method: 'PUT',
    target: '/test%24file.text',
    headers: {
      host: ['examplebucket.s3.amazonaws.com'],
      date: ['Fri, 24 May 2013 00:00:00 GMT'],
      'x-amz-content-sha256': ['44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072'],
      'x-amz-date': ['20130524T000000Z'],
      'x-amz-storage-class': ['REDUCED_REDUNDANCY'],
      authorization: [
        'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class,Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
      ],
    },
    body: Buffer.from('Welcome to Amazon S3.'),
  },
  'GET ?lifecycle of S3': {
    method: 'GET',
    target: '/?lifecycle',
    headers: {
      host: ['examplebucket.s3.amazonaws.com'],
      'x-amz-content-sha256': ['e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
      'x-amz-date': ['20130524T000000Z'],
      authorization: [
        'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
      ],
    },
    body: Buffer.alloc(0),
  },
  'a presigned address of S3': {
    method: 'GET',
    target:
      '/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
    headers: { host: ['examplebucket.s3.amazonaws.com'] },
    body: Buffer.alloc(0),
  },
};

describe('the signatures of the documentation', () => {
  test.for(Object.entries(documented))('%s', ([, request]) => {
    expect(isSigned(request)).toBe(true);
    expect(isSigned({ ...request, body: Buffer.from('x') })).toBe(false);
    expect(isSigned({ ...request, target: request.target.replace('ListUsers', 'ListRoles') })).toBe(false);
    expect(isSigned({ ...request, method: 'POST' })).toBe(false);
    expect(isSigned(request, s3Secret)).toBe(false);
  });
  test.for(Object.entries(s3Documented))('%s', ([, request]) => {
    expect(isSigned(request, s3Secret)).toBe(true);
    expect(isSigned({ ...request, target: request.target.replace('/', '/other') }, s3Secret)).toBe(false);
    expect(isSigned({ ...request, headers: { ...request.headers, host: ['evil.example'] } }, s3Secret)).toBe(false);
    expect(isSigned(request)).toBe(false);
  });

  test('a body of S3 that is another than its named hash', () => {
    const put = s3Documented['PUT of S3 with a $ in its name'];
    if (put) expect(isSigned({ ...put, body: Buffer.from('Welcome to evil.') }, s3Secret)).toBe(false);
    expect(put).toBeDefined();
  });
});

const ours = async (service: string, body: string, path: string, text: string, headers: Record<string, string>) => {
  const url = new URL(`http://127.0.0.1:4600/${path}?text=${encodeURIComponent(text)}`);
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: secret, sessionToken: 'token' };
  const more = { region: 'eu-central-1', credentials, date: new Date('2026-01-01T00:00:00Z') };
  const signed = await signedHeaders({ method: 'POST', url, service, body, headers, ...more });
  const wire = Object.entries(signed).map(([name, value]) => [name, [Buffer.from(value).toString('latin1')]]);
  const target = url.pathname + url.search;
  return {
    method: 'POST',
    target,
    headers: Object.fromEntries(wire) as SignedRequest['headers'],
    body: Buffer.from(body),
  };
};

test('whatever lading signs is proven, and nothing else', async () => {
  const service = fc.constantFrom('ecs', 'scheduler', 's3');
  const word = fc.string({ unit: 'grapheme-ascii' });
  const value = fc.string({ unit: fc.constantFrom('a', ' ', '\t', ',', '"', '~', '1') });
  const text = fc.string({ unit: 'grapheme' });
  await fc.assert(
    fc.asyncProperty(service, text, fc.webPath(), word, value, async (name, body, path, query, odd) => {
      const headers = { 'x-amz-target': 'Ecs.ListClusters', 'x-odd': `a${odd}b` };
      const request = await ours(name, body, path.slice(1), query, headers);
      expect(read(request)).toMatchObject({ keyId: 'AKIDEXAMPLE', region: 'eu-central-1', sessionToken: 'token' });
      expect(isSigned(request)).toBe(true);
      expect(isSigned(request, `${secret}x`)).toBe(false);
      expect(isSigned({ ...request, body: Buffer.from(`${body} `) })).toBe(false);
      const other = { ...request.headers, 'x-amz-target': ['Ecs.RunTask'] };
      expect(isSigned({ ...request, headers: other })).toBe(false);
    }),
  );
});

describe('what is no signature', () => {
  const good =
    'AWS4-HMAC-SHA256 Credential=A/20260101/r/ecs/aws4_request, SignedHeaders=host;x-amz-date, Signature=' +
    'a'.repeat(64);
  const of = (authorization: string | undefined, target = '/') =>
    readSignature({
      method: 'POST',
      target,
      headers: {
        'x-amz-date': ['20260101T000000Z'],
        ...(authorization !== undefined && { authorization: [authorization] }),
      },
    });
  test('none and half of one', () => {
    expect(of(undefined)).toBe('none');
    expect(of(good)).toMatchObject({ keyId: 'A', day: '20260101', service: 'ecs', presigned: false });
    const half = ['', 'Basic x', 'Bearer x', 'AWS4-HMAC-SHA256', good.replace('a'.repeat(64), 'abc')];
    const wrong = [good.replace('host;', ''), good.replace('/aws4_request', ''), good.replace('HMAC', 'ECDSA')];
    for (const text of [...half, ...wrong]) expect(of(text), text).toBe('incomplete');
    expect(of(undefined, '/?X-Amz-Algorithm=AWS4-HMAC-SHA256')).toBe('incomplete');
    expect(readSignature({ method: 'POST', target: '/', headers: { authorization: [good] } })).toBe('incomplete');
  });
});
