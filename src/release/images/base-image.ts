import { resolve } from 'node:path';
import type { Context } from '../../base/context.js';
import type { BaseSource } from '../../image/base.js';
import { openLayout } from '../../image/layout/layout.js';
import { formatReference, parseReference, repositoryName, selectorOf } from '../../oci/reference.js';
import { openRegistry } from './registries.js';
import type { RegistryValues } from './registries.js';

/** What Docker's own Node images are called on a registry that asks for no login. */
export const DEFAULT_BASE = 'public.ecr.aws/docker/library/node:22-slim';

/** `oci:FOLDER[:TAG]` is a layout on this disk; anything else a registry's. */
export async function findBase(
  name: string,
  context: Context,
  values: RegistryValues,
): Promise<BaseSource & { readonly repository: string | undefined }> {
  if (name.startsWith('oci:')) {
    const [, folder = '', tag = 'latest'] = name.split(':');
    return { store: await openLayout(resolve(context.cwd, folder)), selector: tag, name, repository: undefined };
  }
  const reference = parseReference(name, '--base');
  return {
    store: openRegistry(reference, context, values),
    selector: selectorOf(reference),
    name: formatReference(reference),
    repository: repositoryName(reference),
  };
}
