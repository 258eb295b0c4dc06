import type { IncomingMessage, ServerResponse } from 'node:http';
import { digestOf, isDigest } from '../../oci/digest.js';
import { BodyTooLong, readBody } from '../http/body.js';
import { AwsFault } from '../service.js';
import { end, refuse, unsupported } from './answer.js';
import type { SandboxRepository } from './images.js';
import { LARGEST_MANIFEST, putManifest } from './put-manifest.js';
import { subjectOf } from './referrers.js';

/** `/v2/NAME/manifests/SELECTOR` */
export async function answerManifests(
  request: IncomingMessage,
  response: ServerResponse,
  repository: SandboxRepository,
  selector: string,
  clock: { now(): number },
): Promise<void> {
  if (request.method === 'PUT') return receiveManifest(request, response, repository, selector, clock);
  if (request.method !== 'GET' && request.method !== 'HEAD') return unsupported(request, response);
  const digest = isDigest(selector) ? selector : repository.tags.get(selector);
  const manifest = digest && repository.manifests.get(digest);
  if (!manifest) return refuse(response, 404, 'MANIFEST_UNKNOWN', 'Requested image not found');
  response.writeHead(200, {
    'content-type': manifest.mediaType,
    'content-length': manifest.bytes.length,
    'docker-content-digest': manifest.digest,
  });
  response.end(request.method === 'HEAD' ? undefined : manifest.bytes);
}

async function receiveManifest(
  request: IncomingMessage,
  response: ServerResponse,
  repository: SandboxRepository,
  selector: string,
  clock: { now(): number },
): Promise<void> {
  let bytes: Buffer;
  try {
    bytes = await readBody(request, LARGEST_MANIFEST);
  } catch (error) {
    if (!(error instanceof BodyTooLong)) throw error;
    response.setHeader('connection', 'close');
    return refuse(response, 413, 'MANIFEST_INVALID', error.message);
  }
  const digest = digestOf(bytes);
  const mediaType = request.headers['content-type'] ?? '';
  if (isDigest(selector) && selector !== digest)
    return refuse(response, 400, 'DIGEST_INVALID', 'the manifest has another digest');
  try {
    const tag = isDigest(selector) ? undefined : selector;
    putManifest(repository, { bytes, mediaType, pushedAt: clock.now() }, tag);
  } catch (error) {
    if (!(error instanceof AwsFault)) throw error;
    return refuse(response, 400, MANIFEST_CODES[error.type] ?? 'MANIFEST_INVALID', error.message);
  }
  response.setHeader('docker-content-digest', digest);
  const subject = subjectOf({ digest, bytes, mediaType });
  if (subject) response.setHeader('oci-subject', subject.digest);
  end(response, 201);
}

/** What the distribution protocol calls the errors of PutImage. */
const MANIFEST_CODES: Readonly<Record<string, string>> = {
  ImageTagAlreadyExistsException: 'TAG_INVALID',
  LayersNotFoundException: 'MANIFEST_BLOB_UNKNOWN',
  ReferencedImagesNotFoundException: 'MANIFEST_BLOB_UNKNOWN',
};
