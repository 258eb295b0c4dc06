import { createHash, createHmac } from 'node:crypto';
import { isSame } from './keys.js';

/** A request as it came over the wire. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query, undecoded. */
  readonly target: string;
  /** In lower case, each with all its values. */
  readonly headers: Readonly<Record<string, readonly string[] | undefined>>;
  readonly body: Uint8Array;
}

export interface Signature {
  readonly keyId: string;
  /** `20260101`. */
  readonly day: string;
  readonly region: string;
  /** As the signature's scope names it: `ecr`, `elasticloadbalancing`. */
  readonly service: string;
  /** `20260101T000000Z`. */
  readonly time: string;
  readonly signedHeaders: readonly string[];
  /** 64 hexadecimal digits. */
  readonly value: string;
  readonly sessionToken: string | undefined;
  /** It stands in the address, not in a header. */
  readonly presigned: boolean;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

/** A signature of version 4, unproven. `none` when the request has no credentials at all. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
export function readSignature(request: Omit<SignedRequest, 'body'>): Signature | 'none' | 'incomplete' {
  const header = (name: string) => request.headers[name]?.[0];
  const authorization = header('authorization');
  const query = new URLSearchParams(request.target.split('?')[1] ?? '');
  const presigned = authorization === undefined && query.has('X-Amz-Algorithm');
  if (!presigned && authorization === undefined) return 'none';
  const part = (name: string) => new RegExp(`(?:^|[\\s,])${name}=([^\\s,]+)`).exec(authorization ?? '')?.[1];
  const found = presigned
    ? {
        algorithm: query.get('X-Amz-Algorithm'),
        credential: query.get('X-Amz-Credential'),
        signed: query.get('X-Amz-SignedHeaders'),
        value: query.get('X-Amz-Signature') ?? undefined,
        time: query.get('X-Amz-Date') ?? undefined,
        sessionToken: query.get('X-Amz-Security-Token') ?? undefined,
      }
    : {
        algorithm: authorization?.split(' ')[0],
        credential: part('Credential'),
        signed: part('SignedHeaders'),
        value: part('Signature'),
        time: header('x-amz-date'),
        sessionToken: header('x-amz-security-token'),
      };
  const [keyId = '', day = '', region = '', service = '', end] = found.credential?.split('/') ?? [];
  const signedHeaders = found.signed?.toLowerCase().split(';') ?? [];
  const whole = found.algorithm === ALGORITHM && end === 'aws4_request' && signedHeaders.includes('host');
  if (!whole || !/^[0-9a-f]{64}$/.test(found.value ?? '') || !/^\d{8}T\d{6}Z$/.test(found.time ?? ''))
    return 'incomplete';
  const { sessionToken, value = '', time = '' } = found;
  return { keyId, day, region, service, signedHeaders, presigned, sessionToken, value, time };
}

/** The signature was made with this secret, for this request and no other. */
export function isSignedWith(secret: string, signature: Signature, request: SignedRequest): boolean {
  const { day, region, service, time } = signature;
  const payload = payloadHash(signature, request);
  if (payload === undefined) return false;
  const text = [
    ALGORITHM,
    time,
    `${day}/${region}/${service}/aws4_request`,
    sha256(canonical(request, signature, payload)),
  ];
  const key = [day, region, service, 'aws4_request'].reduce<Buffer>(
    (before, part) => hmac(before, part),
    Buffer.from(`AWS4${secret}`),
  );
  return isSame(hmac(key, text.join('\n')).toString('hex'), signature.value);
}

/** Undefined when the request names another body than it has. S3 alone may leave it unsigned. */
function payloadHash({ service, presigned }: Signature, { headers, body }: SignedRequest): string | undefined {
  const named = headers['x-amz-content-sha256']?.[0];
  if (named === undefined) return service === 's3' && presigned ? 'UNSIGNED-PAYLOAD' : sha256(body);
  if (service === 's3' && /^(UNSIGNED-PAYLOAD|STREAMING-[A-Z0-9-]+)$/.test(named)) return named;
  return named === sha256(body) ? named : undefined;
}

function canonical(request: SignedRequest, signature: Signature, payload: string): string {
  const [path = '/', query = ''] = request.target.split(/\?(.*)/s);
  return [
    request.method,
    // S3 names its objects by the path as it is; the others sign the encoded path, encoded again.
    signature.service === 's3' ? path : encodedPath(path),
    encodedQuery(query),
    ...signature.signedHeaders.map((name) => `${name}:${headerText(request.headers[name])}`),
    '',
    signature.signedHeaders.join(';'),
    payload,
  ].join('\n');
}

function encodedPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(encoded(part));
  }
  return `/${parts.join('/')}${parts.length > 0 && path.endsWith('/') ? '/' : ''}`;
}

function encodedQuery(query: string): string {
  const pairs = query.split('&').filter((pair) => pair !== '' && !pair.startsWith('X-Amz-Signature='));
  return pairs
    .map((pair) => {
      const at = pair.indexOf('=');
      const [name, value] = at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
      return [encoded(decoded(name)), encoded(decoded(value))] as const;
    })
    .sort(([a, x], [b, y]) => (a < b || (a === b && x < y) ? -1 : 1))
    .map((pair) => pair.join('='))
    .join('&');
}

/** Node reads headers as Latin-1; they are signed as bytes. */
function headerText(values: readonly string[] = []): string {
  const text = values.map((value) => value.trim().replace(/\s+/g, ' ')).join(',');
  return Buffer.from(text, 'latin1').toString('utf8');
}

function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
