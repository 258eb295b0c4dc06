import { LadingError } from '../base/errors.js';
import type { Digest } from '../oci/digest.js';
import { digestOf, isDigest, shortDigest } from '../oci/digest.js';
import type { Descriptor, RawManifest } from '../oci/manifest.js';
import { MANIFEST_LIMIT, mediaTypeIn } from '../oci/manifest.js';
import { acceptManifests, mediaTypes } from '../oci/media-type.js';
import type { Reference } from '../oci/reference.js';
import { parseReference, repositoryName } from '../oci/reference.js';
import type { Store } from '../oci/store.js';
import { downloadBlob } from './download.js';
import { RegistryError } from './failure.js';
import type { Keychain } from './keychain.js';
import { repositoryLists } from './lists.js';
import type { TransportContext } from './transport.js';
import { createTransport } from './transport.js';
import { mountable, uploadBlob } from './upload.js';

export interface Repository extends Store {
  readonly reference: Reference;
  stats(): { readonly requests: number };
}

export interface RepositoryOptions {
  readonly keychain: Keychain;
  /** `host[:port]` that may be spoken to without TLS. */
  readonly insecureHosts?: readonly string[];
}

/** A repository of a registry as a store. Nothing is asked before it is needed. */
export function openRepository(
  target: Reference | string,
  context: TransportContext,
  options: RepositoryOptions,
): Repository {
  const reference = typeof target === 'string' ? parseReference(target) : target;
  const { host, repository } = reference;
  const name = repositoryName(reference);
  const transport = createTransport(
    host,
    repository,
    { keychain: options.keychain, insecureHosts: options.insecureHosts ?? [] },
    context,
  );
  const path = (rest: string) => `/v2/${repository}/${rest}`;

  const lists = repositoryLists(transport, path(''), { manifest, put: (raw, tag) => store.putManifest(raw, tag) });

  async function manifest(selector: string): Promise<RawManifest | undefined> {
    const what = `read manifest ${selector}`;
    const found = await transport.read(what, path(`manifests/${selector}`), {
      accept: acceptManifests,
      limit: MANIFEST_LIMIT,
    });
    if (!found) return undefined;
    const { bytes, headers } = found;
    const digest = digestOf(bytes);
    const wanted = isDigest(selector) ? selector : headers['docker-content-digest'];
    if (wanted !== undefined && wanted !== digest) {
      throw new LadingError('remote', `${name}: manifest ${selector} has the digest ${digest}`, {
        code: 'DIGEST_MISMATCH',
      });
    }
    return { digest, bytes, mediaType: mediaTypeOf(headers['content-type'], bytes, `${name}:${selector}`) };
  }

  async function has(descriptor: Descriptor): Promise<boolean> {
    const what = `look for ${shortDigest(descriptor.digest)}`;
    const answer = await transport.call(what, 'HEAD', path(`blobs/${descriptor.digest}`));
    answer.drop();
    if (answer.status === 404) return false;
    await transport.expect(what, answer, 200);
    return true;
  }

  const store: Repository = {
    name,
    reference,
    stats: () => ({ requests: transport.requests() }),
    manifest,
    has,
    async blob(descriptor) {
      const { digest, size } = descriptor;
      return { digest, size, open: (signal) => downloadBlob(transport, path(`blobs/${digest}`), descriptor, signal) };
    },
    async put(blob, putOptions = {}) {
      const mountFrom = mountable(putOptions.origins ?? [], host, repository);
      const descriptor = { mediaType: mediaTypes.ociLayer, digest: blob.digest, size: blob.size };
      // Before a mount, too: where ECR does not mount, a blob that is there would be sent again. What was just made is not worth a question.
      if (!putOptions.assumeMissing && (await has(descriptor))) return { how: 'existing', bytes: 0 };
      return uploadBlob(transport, {
        repository,
        blob,
        mountFrom,
        signal: putOptions.signal,
        onBytes: putOptions.onBytes,
      });
    },
    async putManifest(raw, tag) {
      const what = `push ${tag ?? shortDigest(raw.digest)}`;
      const request = { headers: { 'content-type': raw.mediaType }, body: raw.bytes };
      try {
        const answer = await transport.call(what, 'PUT', path(`manifests/${tag ?? raw.digest}`), request);
        (await transport.expect(what, answer, 201, 200)).drop();
        await lists.noteReferrer(raw, answer.headers['oci-subject'] !== undefined);
      } catch (error) {
        if (!(error instanceof RegistryError) || error.code !== 'TAG_IMMUTABLE' || tag === undefined) throw error;
        await acceptSameDigest(error, tag, raw.digest);
      }
    },
    tags: lists.tags,
    referrers: lists.referrers,
  };
  return store;

  /** ECR refuses an immutable tag even when it holds this very digest already: then all is well. */
  async function acceptSameDigest(refusal: RegistryError, tag: string, digest: Digest): Promise<void> {
    const there = await manifest(tag);
    if (there?.digest === digest) return;
    throw new LadingError(
      'remote',
      `${name}: the tag ${tag} is immutable and holds ${there?.digest ?? 'another image'}, not ${digest}`,
      {
        code: 'TAG_IMMUTABLE',
        hint: 'Use another tag, as the commit; the image itself is pushed.',
        cause: refusal,
        details: { tag, existing: there?.digest, wanted: digest },
      },
    );
  }
}

/** A registry that does not know what it gives says JSON, or nothing. */
function mediaTypeOf(header: string | undefined, bytes: Buffer, what: string): string {
  const told = header?.split(';')[0]?.trim();
  return told && told !== 'application/json' ? told : mediaTypeIn(bytes, what);
}
