import { LadingError } from '../base/errors.js';
import type { HttpResponse } from '../base/http/http.js';
import { shortDigest } from '../oci/digest.js';
import type { Blob, BlobOrigin, PutOptions, PutResult } from '../oci/store.js';
import type { Refuse } from '../oci/verified.js';
import { openVerified } from '../oci/verified.js';
import { explainCut } from './failure.js';
import type { Transport } from './transport.js';

export interface UploadRequest {
  readonly repository: string;
  readonly blob: Blob;
  /** Repositories of the same registry to take it over from. */
  readonly mountFrom: readonly string[];
  readonly signal?: AbortSignal | undefined;
  readonly onBytes?: PutOptions['onBytes'];
}

/** How fast a registry digests what it got: 10 MB/s. */
const BYTES_PER_MS = 10_000;

/**
 * POST and one PUT with the whole body. A session that failed is never used again: ECR answers 416 to a second first
 * byte (apple/containerization#790), so each attempt starts with a new POST.
 */
export async function uploadBlob(transport: Transport, request: UploadRequest): Promise<PutResult> {
  const { blob, repository } = request;
  const what = `upload ${shortDigest(blob.digest)}`;
  const taken = await tryMounts(transport, request);
  if (taken === 'mounted') return { how: 'mounted', bytes: 0 };
  try {
    await transport.retrying(async (attempt) => {
      request.onBytes?.(0);
      const url = attempt === 1 && taken ? taken : await startSession(transport, repository);
      url.searchParams.set('digest', blob.digest);
      const answer = await transport.once('PUT', url, {
        headers: { 'content-type': 'application/octet-stream' },
        body: {
          length: blob.size,
          open: () => openVerified(blob, changed(blob), request.signal),
          onSent: (bytes) => request.onBytes?.(bytes),
        },
        signal: request.signal,
        // A registry may store, move and check a large blob for a while before it answers.
        idleTimeoutMs: 60_000 + blob.size / BYTES_PER_MS,
      });
      await transport.expect(what, answer, 201, 204);
      answer.drop();
      checkDigest(answer, blob, transport.target);
    });
  } catch (error) {
    throw explainCut(error, transport.target);
  }
  return { how: 'uploaded', bytes: blob.size };
}

/**
 * Once each: a mount is a gift. Whatever goes wrong with it, the blob can be sent, at best into the session that the
 * registry opened instead (202).
 */
async function tryMounts(transport: Transport, request: UploadRequest): Promise<'mounted' | URL | undefined> {
  const { blob, repository } = request;
  for (const from of request.mountFrom) {
    const path = `/v2/${repository}/blobs/uploads/?mount=${blob.digest}&from=${encodeURIComponent(from)}`;
    const scopes = [`repository:${repository}:pull,push`, `repository:${from}:pull`];
    try {
      const answer = await transport.once('POST', path, { scopes, signal: request.signal });
      answer.drop();
      if (answer.status === 201) return 'mounted';
      if (answer.status === 202 && answer.headers.location) return transport.uploadUrl(answer.headers.location, path);
      transport.note(`${shortDigest(blob.digest)} cannot be mounted from ${from} (HTTP ${answer.status}): it is sent`);
    } catch (error) {
      if (!(error instanceof LadingError) || error.kind === 'cancelled') throw error;
      transport.note(`${shortDigest(blob.digest)} cannot be mounted from ${from} (${error.message}): it is sent`);
    }
  }
  return undefined;
}

async function startSession(transport: Transport, repository: string): Promise<URL> {
  const what = 'start an upload';
  const path = `/v2/${repository}/blobs/uploads/`;
  const answer = await transport.expect(what, await transport.once('POST', path), 202);
  answer.drop();
  if (answer.headers.location) return transport.uploadUrl(answer.headers.location, path);
  throw new LadingError('remote', `${what} at ${transport.target}: the answer has no Location`, {
    code: 'NO_LOCATION',
  });
}

/** Of a blob that is no store's: what stands behind it is the caller's. */
function changed(blob: Blob): Refuse {
  return (found, cause) =>
    new LadingError('input', `${blob.digest} changed while it was sent: ${found} came`, {
      code: 'DIGEST_MISMATCH',
      hint: 'Build again; nothing else may write to the files meanwhile.',
      cause,
    });
}

function checkDigest(answer: HttpResponse, blob: Blob, target: string): void {
  const told = answer.headers['docker-content-digest'];
  if (told === undefined || told === blob.digest) return;
  throw new LadingError('remote', `${target} stored ${told} where ${blob.digest} was sent`, {
    code: 'DIGEST_MISMATCH',
  });
}

/** The origins that lie in this registry but not in this very repository, as repository names. */
export function mountable(origins: readonly BlobOrigin[], host: string, repository: string): readonly string[] {
  return origins
    .filter((origin) => origin.repository.startsWith(`${host}/`))
    .map((origin) => origin.repository.slice(host.length + 1))
    .filter((name) => name !== repository);
}
