import type { IncomingMessage, ServerResponse } from 'node:http';
import { isDigest } from '../../oci/digest.js';
import type { ImageStore, SandboxRepository } from './images.js';
import { isReferred } from './images.js';
import { end, refuse } from './answer.js';

/** Of every part but the last (dotnet/sdk-container-builds#424). */
const LEAST_PART = 5 * 1024 * 1024;

interface Upload {
  /** Bytes that are stored. */
  size: number;
  /** It broke off, and who sends again without a range begins at 0. */
  failed: boolean;
  /** Bytes of the first and of the latest part. */
  first: number | undefined;
  latest: number | undefined;
}

/** `/v2/NAME/blobs/uploads/…` as ECR answers it. */
export function createUploads(images: ImageStore, mountingEnabled: () => boolean) {
  const uploads = new Map<string, Upload>();

  function start(request: IncomingMessage, response: ServerResponse, url: URL, repository: SandboxRepository): void {
    request.resume();
    const mount = url.searchParams.get('mount') ?? '';
    const source = images.repositories.get(url.searchParams.get('from') ?? '');
    if (isDigest(mount) && source && mountingEnabled() && isReferred(source, mount)) {
      repository.blobs.add(mount);
      response.setHeader('location', `/v2/${repository.name}/blobs/${mount}`);
      response.setHeader('docker-content-digest', mount);
      return end(response, 201);
    }
    const id = images.newUpload();
    uploads.set(id, { size: 0, failed: false, first: undefined, latest: undefined });
    response.setHeader('location', `/v2/${repository.name}/blobs/uploads/${id}`);
    response.setHeader('range', '0-0');
    response.setHeader('docker-upload-uuid', id);
    end(response, 202);
  }

  return async (
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
    repository: SandboxRepository,
    id: string,
  ): Promise<void> => {
    if (request.method === 'POST') return start(request, response, url, repository);
    const open = uploads.get(id);
    // ECR never answers an upload's status (dotnet/sdk#33019).
    if (!open || (request.method !== 'PATCH' && request.method !== 'PUT')) {
      request.resume();
      return refuse(response, 404, 'BLOB_UPLOAD_UNKNOWN', 'blob upload unknown to registry');
    }
    const range = /^(?:bytes )?(\d+)-/.exec(request.headers['content-range'] ?? '');
    const from = range ? Number(range[1]) : open.failed ? 0 : open.size;
    if (from !== open.size) {
      request.resume();
      return refuse(
        response,
        416,
        'BLOB_UPLOAD_INVALID',
        `First byte of the layer part is ${from} instead of ${open.size}`,
      );
    }
    const before = open.size;
    open.failed = false;
    try {
      open.size = await images.append(id, request);
    } catch (error) {
      open.failed = true;
      open.size = await images.received(id);
      throw error;
    }
    const part = open.size - before;
    if (part > 0 && open.latest !== undefined && open.latest < LEAST_PART) {
      uploads.delete(id);
      return refuse(
        response,
        400,
        'BLOB_UPLOAD_INVALID',
        'LayerPartTooSmallException: All layer parts except the last part should be at least 5MB',
      );
    }
    if (part > 0) open.latest = part;
    if (request.method === 'PATCH') {
      open.first ??= part;
      // 201 where the specification says 202, and a Range that stays at the first chunk (aws/containers-roadmap#2831).
      response.setHeader('range', `0-${Math.max(0, open.first - 1)}`);
      response.setHeader('location', `/v2/${repository.name}/blobs/uploads/${id}`);
      return end(response, 201);
    }
    const digest = url.searchParams.get('digest') ?? '';
    uploads.delete(id);
    if (!isDigest(digest) || !(await images.finish(id, digest)))
      return refuse(response, 400, 'DIGEST_INVALID', 'provided digest did not match uploaded content');
    repository.blobs.add(digest);
    response.setHeader('location', `/v2/${repository.name}/blobs/${digest}`);
    response.setHeader('docker-content-digest', digest);
    end(response, 201);
  };
}
