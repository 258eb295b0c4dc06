import { createHash } from 'node:crypto';
import type { RestRequest } from '../api.js';
import type { AwsService } from '../services.js';
import type { WireRequest } from './wire.js';
import { encodeSegment, urlOf } from './wire.js';

/** A request of REST. Buckets are host names at AWS's own endpoint, and the first segment at any other. */
export function restRequest(service: AwsService, endpoint: string, request: RestRequest): WireRequest {
  const { method = 'GET', bucket, path = [], query, body = '' } = request;
  const isHost = bucket !== undefined && isHostName(bucket) && new URL(endpoint).hostname.includes('.amazonaws.');
  const segments = bucket === undefined || isHost ? path : [bucket, ...path];
  const url = urlOf(endpoint, `/${segments.map(encodeSegment).join('/')}`, query);
  if (isHost) url.hostname = `${bucket}.${url.hostname}`;
  return { method, url, headers: { ...bodyHeaders(service, body), ...request.headers }, body };
}

/** A dot in a bucket's name does not fit the certificate. */
function isHostName(bucket: string): boolean {
  return /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(bucket);
}

function bodyHeaders(service: AwsService, body: string): Record<string, string> {
  if (body === '') return {};
  if (service.protocol === 'rest-json') return { 'content-type': 'application/json' };
  // Policies and lifecycle rules want a checksum; any body may have one.
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
  return {
    'content-type': 'application/xml',
    'x-amz-sdk-checksum-algorithm': 'SHA256',
    'x-amz-checksum-sha256': createHash('sha256').update(body).digest('base64'),
  };
}
