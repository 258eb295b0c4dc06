import type { IncomingMessage, ServerResponse } from 'node:http';
import { end, json, refuse } from './answer.js';
import type { BlobReads } from './blobs.js';
import type { ImageStore, SandboxRepository } from './images.js';
import { REPOSITORY_NAME } from './images.js';
import { answerManifests } from './manifests.js';
import { answerReferrers } from './referrers.js';
import { createUploads } from './uploads.js';

export interface RegistryOptions {
  readonly images: ImageStore;
  readonly clock: { now(): number };
  readonly login: (username: string, password: string) => Login;
  readonly mountingEnabled: () => boolean;
  readonly createOnPush: boolean;
  readonly blobs: BlobReads;
  /** At most so many tags in a page, whatever is asked for. */
  readonly pageSize: number | undefined;
}

/** Passwords that were given out are good until they expire. */
export type Login = 'good' | 'expired' | 'unknown';

export type RegistryHandler = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void>;

/** An OCI registry with ECR's manners. */
export function createRegistry(options: RegistryOptions): RegistryHandler {
  const { images } = options;
  const upload = createUploads(images, options.mountingEnabled);
  const { blobs } = options;

  return async (request, response, url) => {
    response.setHeader('docker-distribution-api-version', 'registry/2.0');
    if (url.pathname.startsWith('/s3/')) return blobs.answerS3(request, response, url);
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
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const mayMake = options.createOnPush && !isRead && name.length >= 2 && REPOSITORY_NAME.test(name);
    const repository = images.repositories.get(name) ?? (mayMake ? images.create(name) : undefined);
    if (!repository) {
      // ECR cuts the connection of an upload instead of answering (dotnet/sdk-container-builds#279).
      if (kind === 'blobs' && !isRead) {
        request.socket.destroy();
        return;
      }
      request.resume();
      return refuse(response, 404, 'NAME_UNKNOWN', `The repository with name '${name}' does not exist in the registry`);
    }
    if (kind === 'manifests') return answerManifests(request, response, repository, rest, options.clock);
    if (kind === 'tags') return answerTags(response, url, repository, options.pageSize);
    if (kind === 'referrers') return answerReferrers(response, url, repository, rest);
    if (kind === 'blobs' && rest.startsWith('uploads/'))
      return upload(request, response, url, repository, rest.slice('uploads/'.length));
    return blobs.answer(request, response, repository, rest);
  };

  function loginOf(request: IncomingMessage): Login {
    const match = /^Basic (.+)$/.exec(request.headers.authorization ?? '');
    const [username = '', ...rest] = Buffer.from(match?.[1] ?? '', 'base64')
      .toString('utf8')
      .split(':');
    return match === null ? 'unknown' : options.login(username, rest.join(':'));
  }
}

/** In pages of `n` after `last`. */
function answerTags(
  response: ServerResponse,
  url: URL,
  repository: SandboxRepository,
  pageSize = Number.POSITIVE_INFINITY,
): void {
  const last = url.searchParams.get('last') ?? '';
  const left = [...repository.tags.keys()].sort().filter((tag) => tag > last);
  const wanted = Number(url.searchParams.get('n') ?? left.length);
  if (!Number.isInteger(wanted) || wanted < 0)
    return refuse(response, 400, 'PAGINATION_NUMBER_INVALID', 'n is no number of tags');
  const page = left.slice(0, Math.min(wanted, pageSize));
  if (page.length < left.length) {
    const next = new URLSearchParams({ last: page.at(-1) ?? '', n: String(page.length) });
    response.setHeader('link', `</v2/${repository.name}/tags/list?${next.toString()}>; rel="next"`);
  }
  json(response, 200, { name: repository.name, tags: page });
}
