import { ecrRegion, isEcrHost } from '../../../aws/ecr.js';
import type { Environment } from '../../../base/environment.js';
import { InputError } from '../../../base/errors.js';
import type { Reference } from '../../../oci/reference.js';
import { parseReference } from '../../../oci/reference.js';
import type { RegionalRepository } from './scene.js';

/** Where the repository of an image is, when it is a private one of ECR. */
export function ecrPlace(
  image: string,
  { region, env }: { readonly region: string; readonly env: Environment },
): RegionalRepository | undefined {
  const reference = referenceOf(image);
  if (!reference || !isEcrHost(reference.host, env) || reference.host === 'public.ecr.aws') return undefined;
  const { host, repository } = reference;
  const there = ecrRegion(host);
  return { name: repository, account: there === undefined ? undefined : host.slice(0, 12), region: there ?? region };
}

/** Undefined for a text that names no image. */
export function referenceOf(image: string): Reference | undefined {
  try {
    return parseReference(image);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}
