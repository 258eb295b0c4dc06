import type { Context } from '../../../base/context.js';
import { readConfig } from '../../../oci/read.js';
import type { ImageConfig } from '../../../oci/config.js';
import type { Platform } from '../../../oci/manifest.js';
import { isIndex, parseImageIndex, parseImageManifest } from '../../../oci/manifest.js';
import { parseReference, selectorOf } from '../../../oci/reference.js';
import type { Keychain } from '../../../registry/keychain.js';
import { firstOf } from '../../../registry/keychain.js';
import { openRepository } from '../../../registry/repository.js';

/** An image as its registry tells of it. */
export interface FoundImage {
  readonly digest: string;
  /** Attestations are none. */
  readonly platforms: readonly Platform[];
  /** Compressed, of one image alone; undefined for an index. */
  readonly bytes: number | undefined;
  /** Of one image alone. */
  readonly config: ImageConfig | undefined;
}

/** Undefined when the registry has no such image. ECR by AWS credentials, others by the Docker configuration. */
export async function readFoundImage(text: string, context: Context, region: string): Promise<FoundImage | undefined> {
  const reference = parseReference(text);
  const store = openRepository(reference, context, { keychain: firstOf(ecr(context, region), docker(context)) });
  const raw = await store.manifest(selectorOf(reference));
  if (!raw) return undefined;
  if (isIndex(raw)) {
    const platforms = parseImageIndex(raw, text).manifests.flatMap(({ platform }) =>
      platform && platform.os !== 'unknown' ? [platform] : [],
    );
    return { digest: raw.digest, platforms, bytes: undefined, config: undefined };
  }
  const manifest = parseImageManifest(raw, text);
  const config = await readConfig(store, manifest);
  const { os, architecture, variant } = config;
  const bytes = manifest.layers.reduce((sum, layer) => sum + layer.size, 0);
  return { digest: raw.digest, platforms: [{ os, architecture, variant }], bytes, config };
}

function ecr(context: Context, region: string): Keychain {
  let keychain: Keychain | undefined;
  return async (host, options) => {
    if (!keychain) {
      const { ecrKeychain, ecrRegion } = await import('../../../aws/ecr.js');
      const { openAws } = await import('../../../aws/session.js');
      keychain = ecrKeychain(() => openAws(context, { region: ecrRegion(host) ?? region }), context);
    }
    return keychain(host, options);
  };
}

function docker(context: Context): Keychain {
  return async (host, options) => {
    const { dockerKeychain } = await import('../../../registry/docker-config.js');
    return dockerKeychain(context)(host, options);
  };
}
