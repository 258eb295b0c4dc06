import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Digest } from '../../oci/digest.js';
import { digestOf, isDigest } from '../../oci/digest.js';
import type { ImageManifest, RawManifest } from '../../oci/manifest.js';
import { describe, isIndex, parseImageIndex, parseImageManifest } from '../../oci/manifest.js';
import { mediaTypes } from '../../oci/media-type.js';
import type { ImageStore, SandboxRepository } from './images.js';
import { putManifest } from './put-manifest.js';
import { end, json, refuse } from './answer.js';
import { createUploads } from './uploads.js';
import { AwsFault } from '../service.js';

export interface RegistryOptions {
  readonly images: ImageStore;
  readonly clock: { now(): number };
  readonly login: (username: string, password: string) => Login;
  readonly mountingEnabled: () => boolean;
  readonly createOnPush: boolean;
  /** Host of the stand-in for S3, to which blob reads are sent. */
  readonly blobHost: () => string;
}

/** Passwords that were given out are good until they expire. */
export type Login = 'good' | 'expired' | 'unknown';

export type RegistryHandler = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void>;

/** An OCI registry with ECR's manners. */
export function createRegistry(options: RegistryOptions): RegistryHandler {
  const { images } = options;
  const upload = createUploads(images, options.mountingEnabled);

  return async (request, response, url) => {
    response.setHeader('docker-distribution-api-version', 'registry/2.0');
    const blobRead = /^\/s3\/(sha256:[0-9a-f]{64})$/.exec(url.pathname);
    if (blobRead) return readFromS3(request, response, blobRead[1] as Digest);
    const login = loginOf(request);
    if (login === 'expired') {
      request.resume();
      return refuse(response, 403, 'DENIED', 'Your authorization token has expired. Reauthenticate and try again.');
    }
    if (login === 'unknown') {
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
    if (kind === 'tags') return tags(response, url, repository);
    if (kind === 'referrers') return referrers(response, url, repository, rest);
    if (kind === 'blobs' && rest.startsWith('uploads/'))
      return upload(request, response, url, repository, rest.slice('uploads/'.length));
    return blob(request, response, repository, rest);
  };

  function loginOf(request: IncomingMessage): Login {
    const match = /^Basic (.+)$/.exec(request.headers.authorization ?? '');
    const [username = '', ...rest] = Buffer.from(match?.[1] ?? '', 'base64')
      .toString('utf8')
      .split(':');
    return match === null ? 'unknown' : options.login(username, rest.join(':'));
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
    if (request.method !== 'GET' && request.method !== 'HEAD') return unsupported(request, response);
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

  async function manifests(
    request: IncomingMessage,
    response: ServerResponse,
    repository: SandboxRepository,
    selector: string,
  ): Promise<void> {
    if (request.method === 'PUT') return receiveManifest(request, response, repository, selector);
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
    const subject = subjectOf({ digest, bytes, mediaType });
    if (subject) response.setHeader('oci-subject', subject.digest);
    end(response, 201);
  }
}

/** In pages of `n` after `last`. */
function tags(response: ServerResponse, url: URL, repository: SandboxRepository): void {
  const last = url.searchParams.get('last') ?? '';
  const left = [...repository.tags.keys()].sort().filter((tag) => tag > last);
  const page = left.slice(0, Number(url.searchParams.get('n') ?? left.length));
  if (page.length < left.length) {
    const next = new URLSearchParams({ last: page.at(-1) ?? '', n: String(page.length) });
    response.setHeader('link', `</v2/${repository.name}/tags/list?${next.toString()}>; rel="next"`);
  }
  json(response, 200, { name: repository.name, tags: page });
}

/** https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers */
function referrers(response: ServerResponse, url: URL, repository: SandboxRepository, digest: string): void {
  const wanted = url.searchParams.get('artifactType');
  const manifests = [...repository.manifests.values()].flatMap((raw) => {
    if (subjectOf(raw)?.digest !== digest) return [];
    const { artifactType, annotations } = isIndex(raw) ? parseImageIndex(raw) : imageOf(raw);
    if (wanted !== null && artifactType !== wanted) return [];
    return [{ ...describe(raw), artifactType, annotations }];
  });
  if (wanted !== null) response.setHeader('oci-filters-applied', 'artifactType');
  response.setHeader('content-type', mediaTypes.ociIndex);
  response.end(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests }));
}

/** An artifact without a type of its own is what its config is. */
function imageOf(raw: RawManifest): ImageManifest {
  const manifest = parseImageManifest(raw);
  return { ...manifest, artifactType: manifest.artifactType ?? manifest.config.mediaType };
}

function subjectOf(raw: RawManifest): { readonly digest: Digest } | undefined {
  return (isIndex(raw) ? parseImageIndex(raw) : parseImageManifest(raw)).subject;
}

function unsupported(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  refuse(response, 405, 'UNSUPPORTED', 'The operation is unsupported');
}

/** What the distribution protocol calls the errors of PutImage. */
const MANIFEST_CODES: Readonly<Record<string, string>> = {
  ImageTagAlreadyExistsException: 'TAG_INVALID',
  LayersNotFoundException: 'MANIFEST_BLOB_UNKNOWN',
  ReferencedImagesNotFoundException: 'MANIFEST_BLOB_UNKNOWN',
};
