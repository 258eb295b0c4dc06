import { createHmac, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isDigest } from '../../oci/digest.js';
import { isSame } from '../access/keys.js';
import { end, refuse, unsupported } from './answer.js';
import type { ImageStore, SandboxRepository } from './images.js';

const HOUR_MS = 3_600_000;

export interface BlobReads {
  /** `/v2/NAME/blobs/DIGEST` */
  answer(
    request: IncomingMessage,
    response: ServerResponse,
    repository: SandboxRepository,
    digest: string,
  ): Promise<void>;
  /** `/s3/DIGEST`: the bytes, for who has been sent there. */
  answerS3(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void>;
  /** A signed address of the stand-in for S3, good for an hour. */
  addressOf(digest: string): string;
}

/** ECR sends who reads a blob to S3, with a signed address. */
export function createBlobReads(
  images: ImageStore,
  options: { readonly clock: { now(): number }; readonly blobHost: () => string },
): BlobReads {
  const key = randomBytes(32);
  const signatureOf = (digest: string, until: string) =>
    createHmac('sha256', key).update(`${digest}\n${until}`).digest('hex');

  function addressOf(digest: string): string {
    const until = String(options.clock.now() + HOUR_MS);
    const query = new URLSearchParams({ until, 'X-Amz-Signature': signatureOf(digest, until) });
    return `http://${options.blobHost()}/s3/${digest}?${query.toString()}`;
  }

  return {
    addressOf,
    async answer(request, response, repository, digest) {
      if (request.method !== 'GET' && request.method !== 'HEAD') return unsupported(request, response);
      if (!isDigest(digest) || !repository.blobs.has(digest))
        return refuse(response, 404, 'BLOB_UNKNOWN', 'blob unknown to registry');
      if (request.method === 'GET') {
        response.setHeader('location', addressOf(digest));
        return end(response, 307);
      }
      response.writeHead(200, {
        'content-length': await images.size(digest),
        'docker-content-digest': digest,
        'content-type': 'application/octet-stream',
      });
      response.end();
    },
    async answerS3(request, response, url) {
      const digest = url.pathname.slice('/s3/'.length);
      const until = url.searchParams.get('until') ?? '';
      // S3 refuses a second credential beside the signed address.
      if (request.headers.authorization)
        return refuse(response, 400, 'InvalidArgument', 'Only one auth mechanism allowed');
      if (!isDigest(digest) || !isSame(url.searchParams.get('X-Amz-Signature') ?? '', signatureOf(digest, until)))
        return refuse(response, 403, 'AccessDenied', 'Access Denied');
      if (!(Number(until) > options.clock.now())) return refuse(response, 403, 'AccessDenied', 'Request has expired');
      response.writeHead(200, { 'content-length': await images.size(digest) });
      images.open(digest).pipe(response);
    },
  };
}
