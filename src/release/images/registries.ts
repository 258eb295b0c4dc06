import type { Context } from '../../base/context.js';
import type { Reference } from '../../oci/reference.js';
import type { Keychain } from '../../registry/keychain.js';
import { firstOf } from '../../registry/keychain.js';
import type { Repository } from '../../registry/repository.js';
import { openRepository } from '../../registry/repository.js';

export interface RegistryValues {
  readonly insecureRegistry?: readonly string[] | undefined;
  readonly region?: string | undefined;
}

const keychains = new WeakMap<Context, Keychain>();

/** ECR hosts by AWS credentials, any other by the Docker configuration. One password serves a whole run. */
export function openRegistry(reference: Reference | string, context: Context, values: RegistryValues): Repository {
  let keychain = keychains.get(context);
  if (!keychain) keychains.set(context, (keychain = firstOf(lazyEcr(context, values), lazyDocker(context))));
  return openRepository(reference, context, { keychain, insecureHosts: values.insecureRegistry ?? [] });
}

function lazyEcr(context: Context, values: RegistryValues): Keychain {
  let keychain: Keychain | undefined;
  return async (host, options) => {
    if (!keychain) {
      const { ecrKeychain, ecrRegion } = await import('../../aws/ecr.js');
      const open = async () =>
        (await import('../../aws/session.js')).openAws(context, { region: values.region ?? ecrRegion(host) });
      keychain = ecrKeychain(open, context);
    }
    return keychain(host, options);
  };
}

function lazyDocker(context: Context): Keychain {
  let keychain: Keychain | undefined;
  return async (host, options) => {
    keychain ??= (await import('../../registry/docker-config.js')).dockerKeychain(context);
    return keychain(host, options);
  };
}
