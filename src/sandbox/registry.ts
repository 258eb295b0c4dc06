import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Digest } from '../oci/digest.js';
import { digestOf, isDigest } from '../oci/digest.js';
import type { ImageStore, SandboxRepository } from './images.js';
import { isReferred } from './images.js';
import { putManifest } from './put-manifest.js';
import { AwsFault } from './service.js';

export interface RegistryOptions {
  readonly images: ImageStore;
  readonly clock: { now(): number };
  /** True for a password that was given out and has not expired. */
  readonly admits: (username: string, password: string) => boolean;
  readonly mountingEnabled: () => boolean;
  readonly createOnPush: boolean;
  /** Host of the stand-in for S3, to which blob reads are sent. */
  readonly blobHost: () => string;
}

export type RegistryHandler = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void>;

/** An OCI registry with ECR's manners. */
export function createRegistry(options: RegistryOptions): RegistryHandler {
  const { images } = options;
  /** Uploads that are open, with the bytes that the store holds. */
  const uploads = new Map<string, { size: number; failed: boolean; first: number | undefined }>();

  return async (request, response, url) => {
    response.setHeader('docker-distribution-api-version', 'registry/2.0');
    const blobRead = /^\/s3\/(sha256:[0-9a-f]{64})$/.exec(url.pathname);
    if (blobRead) return readFromS3(request, response, blobRead[1] as Digest);
    if (!authorized(request)) {
      request.resume();
      response.setHeader(
        'www-authenticate',
        `Basic realm="https://${request.headers.host ?? ''}/",service="ecr.amazonaws.com"`,
      );
      return refuse(response, 401, 'UNAUTHORIZED', 'Not Authorized');
    }
    if (url.pathname === '/v2/' || url.pathname === '/v2') return end(response, 200);
    const match = /^\/v2\/(.+?)\/(manifests|blobs|tags|referrers)\/(.*)$/.exec(url.pathname);
    if (!match) return refuse(response, 404, 'NOT_FOUND', 'no such resource');
    const [, name = '', kind, rest = ''] = match;
    const repository =
      images.repositories.get(name) ??
      (options.createOnPush && request.method !== 'GET' && request.method !== 'HEAD' ? images.create(name) : undefined);
    if (!repository) {
      // ECR cuts the connection of an upload instead of answering (dotnet/sdk-container-builds#279).
      if (kind === 'blobs' && request.method !== 'GET' && request.method !== 'HEAD') {
        request.socket.destroy();
        return;
      }
      request.resume();
      return refuse(response, 404, 'NAME_UNKNOWN', `The repository with name '${name}' does not exist in the registry`);
    }
    if (kind === 'manifests') return manifests(request, response, repository, rest);
    if (kind === 'tags') return json(response, 200, { name, tags: [...repository.tags.keys()].sort() });
    if (kind === 'referrers') return refuse(response, 405, 'UNSUPPORTED', 'The operation is unsupported');
    if (rest.startsWith('uploads/')) return upload(request, response, url, repository, rest.slice('uploads/'.length));
    return blob(request, response, repository, rest);
  };

  function authorized(request: IncomingMessage): boolean {
    const match = /^Basic (.+)$/.exec(request.headers.authorization ?? '');
    const [username = '', ...rest] = Buffer.from(match?.[1] ?? '', 'base64')
      .toString('utf8')
      .split(':');
    return match !== null && options.admits(username, rest.join(':'));
  }

  /** S3 refuses a second credential beside the signed address. */
  async function readFromS3(request: IncomingMessage, response: ServerResponse, digest: Digest): Promise<void> {
    if (request.headers.authorization)
      return refuse(response, 400, 'InvalidArgument', 'Only one auth mechanism allowed');
    response.writeHead(200, { 'content-length': await images.size(digest) });
    images.open(digest).pipe(response);
  }

  async function blob(
    request: IncomingMessage,
    response: ServerResponse,
    repository: SandboxRepository,
    text: string,
  ): Promise<void> {
    if (!isDigest(text) || !repository.blobs.has(text))
      return refuse(response, 404, 'BLOB_UNKNOWN', 'blob unknown to registry');
    if (request.method === 'HEAD') {
      response.writeHead(200, {
        'content-length': await images.size(text),
        'docker-content-digest': text,
        'content-type': 'application/octet-stream',
      });
      response.end();
      return;
    }
    response.setHeader('location', `http://${options.blobHost()}/s3/${text}`);
    end(response, 307);
  }

  async function upload(
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
    repository: SandboxRepository,
    id: string,
  ): Promise<void> {
    if (request.method === 'POST') return startUpload(request, response, url, repository);
    const open = uploads.get(id);
    // ECR never answers an upload's status (dotnet/sdk#33019).
    if (request.method === 'GET' || !open) {
      request.resume();
      return refuse(response, 404, 'BLOB_UPLOAD_UNKNOWN', 'blob upload unknown to registry');
    }
    if (open.failed) {
      request.resume();
      return refuse(
        response,
        416,
        'BLOB_UPLOAD_INVALID',
        `Blob upload invalid: First byte of the layer part is 0 instead of ${open.size}`,
      );
    }
    try {
      open.size = await images.append(id, request);
    } catch (error) {
      open.failed = true;
      throw error;
    }
    if (request.method === 'PATCH') {
      open.first ??= open.size;
      // 201 where the specification says 202, and a Range that stays at the first chunk (aws/containers-roadmap#2831).
      response.setHeader('range', `0-${open.first - 1}`);
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
  }

  function startUpload(
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
    repository: SandboxRepository,
  ): void {
    request.resume();
    const mount = url.searchParams.get('mount') ?? '';
    const source = images.repositories.get(url.searchParams.get('from') ?? '');
    if (isDigest(mount) && source && options.mountingEnabled() && isReferred(source, mount)) {
      repository.blobs.add(mount);
      response.setHeader('location', `/v2/${repository.name}/blobs/${mount}`);
      response.setHeader('docker-content-digest', mount);
      return end(response, 201);
    }
    const id = images.newUpload();
    uploads.set(id, { size: 0, failed: false, first: undefined });
    response.setHeader('location', `/v2/${repository.name}/blobs/uploads/${id}`);
    response.setHeader('range', '0-0');
    response.setHeader('docker-upload-uuid', id);
    end(response, 202);
  }

  async function manifests(
    request: IncomingMessage,
    response: ServerResponse,
    repository: SandboxRepository,
    selector: string,
  ): Promise<void> {
    if (request.method === 'PUT') return receiveManifest(request, response, repository, selector);
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
  ): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const bytes = Buffer.concat(parts);
    const digest = digestOf(bytes);
    const mediaType = request.headers['content-type'] ?? '';
    if (isDigest(selector) && selector !== digest)
      return refuse(response, 400, 'DIGEST_INVALID', 'the manifest has another digest');
    try {
      const tag = isDigest(selector) ? undefined : selector;
      putManifest(repository, { bytes, mediaType, pushedAt: options.clock.now() }, tag);
    } catch (error) {
      if (!(error instanceof AwsFault)) throw error;
      return refuse(response, 400, MANIFEST_CODES[error.type] ?? 'MANIFEST_INVALID', error.message);
    }
    response.setHeader('docker-content-digest', digest);
    end(response, 201);
  }
}

/** What the distribution protocol calls the errors of PutImage. */
const MANIFEST_CODES: Readonly<Record<string, string>> = {
  ImageTagAlreadyExistsException: 'TAG_INVALID',
  LayersNotFoundException: 'MANIFEST_BLOB_UNKNOWN',
  ReferencedImagesNotFoundException: 'MANIFEST_BLOB_UNKNOWN',
};

function end(response: ServerResponse, status: number): void {
  response.statusCode = status;
  response.setHeader('content-length', '0');
  response.end();
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  json(response, status, { errors: [{ code, message }] });
}
